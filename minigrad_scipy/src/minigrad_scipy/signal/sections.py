"""Filters of second-order sections: `sosfilt`, and its initial state."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation, Tensor
from minigrad_core.cases import Case, axis_of, between, real

from .. import signal
from ..composites import Composite
from ..precision import match_precision
from .recursion import sum_products

SOS = between(0.3, 0.5, "2 6")


def normalize(sos: Any) -> Any:
    """Return the sections divided by their a_0, contiguous as SciPy requires."""
    normal = sos / sos[:, 3:4]
    return normal if isinstance(normal, Tensor) else np.ascontiguousarray(normal)


class Sections(Composite):
    """A filter of second-order sections. SciPy takes sos[:, 3] = 1 only; here, all are divided by it."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        sos, *others = inputs
        return super().compute(normalize(sos), *others, **settings)


class SectionFilter(Sections):
    """`sosfilt`.

    Without zi, d/dx is the same filter of grad from the end to the start. d/dsos consists of sums of products
    of the input and the output of each section with the gradient of its recursive part.
    """

    def compute_and_save(self, ctx: Context, *inputs: Any, **settings: Any) -> Any:
        result = super().compute_and_save(ctx, *inputs, **settings)
        if len(inputs) == 2:
            ctx.save(inputs, settings, result)
        return result

    def backward(self, ctx: Context, grad: Any, *grads: Any) -> tuple[Any, ...]:
        (sos, x, *zi), settings, *y = ctx.saved
        if zi:
            return super().backward(ctx, grad, *grads)
        axis = settings.get("axis", -1)
        whole = normalize(sos)
        grad_x = np.moveaxis(grad, axis, -1)
        gradients: list[Any] = [None, None]
        if ctx.needs[0]:
            lines = np.moveaxis(x, axis, -1), np.moveaxis(y[0], axis, -1)
            rows, grad_x = _pull_sections_back(whole, *lines, grad_x)
            scales = -np.sum(rows * whole, axis=1, keepdims=True)  # of the division by a_0
            rows = np.concatenate([rows[:, :3], scales, rows[:, 4:]], axis=1) / sos[:, 3:4]
            gradients[0] = match_precision(rows, sos.dtype)
        elif ctx.needs[1]:
            grad_x = signal.sosfilt(whole, grad_x[..., ::-1])[..., ::-1]
        if ctx.needs[1]:
            gradients[1] = match_precision(np.moveaxis(grad_x, -1, axis), x.dtype)
        return tuple(gradients[: len(ctx.needs)])


def _pull_sections_back(sos: Any, x: Any, y: Any, grad: Any) -> tuple[Any, Any]:
    """Return the gradients of sos and x; x, grad and the output y: (..., time).

    SciPy filters by all sections in one loop, which takes as long as one section does. The signals between
    the sections need one loop each, and so do their gradients.
    """
    n, length = sos.shape[0], x.shape[-1]
    identity, zeros = np.array([[1.0, 0.0, 0.0]], sos.dtype), np.zeros((*x.shape[:-1], 2), x.dtype)
    signals = [x]
    for i in range(n - 1):
        signals.append(signal.sosfilt(sos[i : i + 1], signals[i]))
    signals.append(y)
    rows = []
    for i in reversed(range(n)):
        recursive = np.concatenate([identity, sos[i : i + 1, 3:]], axis=1)
        u = np.concatenate([signal.sosfilt(recursive, grad[..., ::-1])[..., ::-1], zeros], axis=-1)
        b, a = sum_products(u, signals[i]), sum_products(u[..., 1:], signals[i + 1])
        rows.append(np.concatenate([b, np.zeros(1, b.dtype), -a]))
        grad = sum(sos[i, k] * u[..., k : k + length] for k in range(3))
    return np.stack(rows[::-1]), grad


@SectionFilter.define(
    "signal.sosfilt",
    Case(sos=SOS, x=real("2 n"), axis=axis_of("x")),
    Case(sos=SOS, x=real("2 2 3")),
    Case(sos=SOS, x=real("3 2 2"), axis=0),
    Case(sos=SOS, x=real("3 2"), zi=real("2 2 2"), axis=0),
)
def sosfilt(sos: Any, x: Any, zi: Any = None, *, axis: int = -1) -> Any:
    """The filters of the sections, one after the other. sos: (n, 6), b and a of each, divided by sos[:, 3].

    zi: (n, ..., 2, ...), with 2 instead of the size of `axis`. With zi, the final states are a second output.
    """
    states = []
    for i in range(sos.shape[0]):
        b, a = sos[i, :3], sos[i, 3:]
        if zi is None:
            x = signal.lfilter(b, a, x, axis=axis)
        else:
            x, state = signal.lfilter(b, a, x, axis=axis, zi=zi[i])
            states.append(state)
    return x if zi is None else (x, np.stack(states))


@Composite.define("signal.sosfilt_zi", Case(sos=SOS))
def sosfilt_zi(sos: Any) -> Any:
    """The states of `sosfilt` whose response to a step of height 1 is constant. sos: (n, 6) -> (n, 2)."""
    states, scale = [], 1.0
    for i in range(sos.shape[0]):
        b, a = sos[i, :3], sos[i, 3:]
        states.append(scale * signal.lfilter_zi(b, a))
        scale = scale * (np.sum(b) / np.sum(a))
    return np.stack(states)


OPERATIONS: tuple[Operation, ...] = (sosfilt, sosfilt_zi)
