"""The recursive filter `lfilter`, and its initial state."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, between, real
from minigrad_ops_basic.dtypes import detach
from minigrad_ops_basic.fourier import resize

from .. import signal
from ..composites import Composite
from ..precision import match_precision
from ..primitives import ScipyFunction
from ..valid_correlation import correlate_valid


def sum_products(w: Any, x: Any) -> Any:
    """Return the sum of w_(m + k) x_m over all lines and m, for each lag k; w, x: (..., time)."""
    return correlate_valid.evaluate(w, x).ravel()


def _run_back(b: Any, a: Any, x: Any, zi: Any = None) -> Any:
    """Return the filter along the last axis, from the end to the start."""
    if a.shape[0] == 1 and len(x.shape) > 1:  # without a, SciPy filters each line in a Python loop
        a = np.concatenate([a, np.zeros(1, a.dtype)])
    y = signal.lfilter(b, a, x[..., ::-1], zi=zi)
    return (y if zi is None else y[0])[..., ::-1]


class Lfilter(ScipyFunction):
    """y_n a_0 = sum over k of b_k x_(n - k) - sum over k >= 1 of a_k y_(n - k), along `axis`.

    b: (m,), a: (k,), x: any shape; zi: like x, with max(m, k) - 1 values along `axis`. With zi, the final
    state is a second output.

    u, the gradient of the part without a, is grad filtered by 1 / a from the end to the start. d/dx = u
    filtered by b from the end; d/db_k = the sum of u_n x_(n - k); d/da_k = -the sum of u_n y_(n - k); d/dzi =
    the first values of u. The gradient of the final state continues u beyond the end.
    """

    cases = (
        Case(b=real("3"), a=between(0.8, 1.6, "1"), x=real("2 n"), axis=axis_of("x")),
        Case(b=real("2"), a=between(0.3, 0.9, "3"), x=real("4")),
        Case(b=real("3"), a=between(0.3, 0.9, "2"), x=real("2 4"), zi=real("2 2")),
        Case(b=real("2"), a=between(0.3, 0.9, "3"), x=real("4 2"), zi=real("2 2"), axis=0),
        Case(b=real("4"), a=between(0.8, 1.6, "1"), x=real("2"), zi=real("3")),
        Case(b=real("1"), a=between(0.3, 0.9, "2"), x=real("3 2 2"), zi=real("1 2 2"), axis=0),
        Case(b=real(""), a=between(0.8, 1.6, ""), x=real("3")),
    )

    def forward(
        self, ctx: Context, b: Array, a: Array, x: Array, zi: Array | None = None, *, axis: int = -1
    ) -> Any:
        inputs = (b, a, x) if zi is None else (b, a, x, zi)
        result = self.evaluate(*inputs, axis=axis)
        ctx.save(axis, result if zi is None else result[0], *inputs)
        return result

    def backward(self, ctx: Context, grad: Any, *grads: Any) -> tuple[Any, ...]:
        axis, y, b, a, x, *zi = ctx.saved
        inputs = (b, a, x, *zi)
        b, a = np.atleast_1d(b), np.atleast_1d(a)
        first = a[0]
        b, a = b / first, a / first
        x, y, grad = (np.moveaxis(v, axis, -1) for v in (x, y, grad))
        reach, size = max(b.shape[0], a.shape[0]) - 1, x.shape[-1]
        end = np.moveaxis(grads[0], axis, -1) if grads else np.zeros((*x.shape[:-1], reach), grad.dtype)
        u = np.concatenate([self._filter_gradient(a, grad, end, reach), end], axis=-1)
        gradients: list[Any] = [None] * len(ctx.needs)
        if ctx.needs[2]:
            gradients[2] = np.moveaxis(_run_back(b, a[:1], u)[..., :size], -1, axis)
        products: Any = 0.0
        if ctx.needs[0] or ctx.needs[1]:
            products = sum_products(u[..., : size + b.shape[0] - 1], x)
        if ctx.needs[0]:  # b may be a number
            gradients[0] = products / first
        if ctx.needs[1]:
            ends = size + a.shape[0] - 1
            lagged = -sum_products(u[..., 1:ends], y)
            scale = -(np.sum(products * b) + np.sum(lagged * a[1:]))
            gradients[1] = np.concatenate([scale[None], lagged]) / first
        if zi and ctx.needs[3]:
            gradients[3] = np.moveaxis(u[..., :reach], -1, axis)
        pairs = zip(gradients, inputs, strict=True)
        return tuple(None if g is None else match_precision(g, v.dtype).reshape(v.shape) for g, v in pairs)

    def _filter_gradient(self, a: Any, grad: Any, end: Any, reach: int) -> Any:
        """Return u_n = grad_n - the sum of a_k u_(n + k), where u continues with `end`."""
        if a.shape[0] == 1:
            return grad
        order = a.shape[0] - 1
        states = [-np.sum(a[i + 1 :] * end[..., : order - i], axis=-1) for i in range(order)]
        return _run_back(np.ones(1, a.dtype), a, grad, np.stack(states, axis=-1))


@Composite.define(
    "signal.lfilter_zi",
    Case(b=between(0.3, 0.9, "3"), a=between(0.3, 0.9, "3")),
    Case(b=between(0.3, 0.9, "1"), a=between(0.3, 0.9, "2")),
    Case(b=between(0.3, 0.9, "4"), a=between(0.3, 0.9, "2")),
    Case(b=between(0.3, 0.9, ""), a=between(0.3, 0.9, "3")),
)
def lfilter_zi(b: Any, a: Any) -> Any:
    """The state of `lfilter` whose response to a step of height 1 is constant. b: (m,), a: (k,).

    The state solves (I - A^T) z = b_(1...) - b_0 a_(1...), with the companion matrix A of a. The sum of the
    equations gives z_0, and each equation the next z.
    """
    b, a = np.atleast_1d(b), np.atleast_1d(a)
    while a.shape[0] > 1 and detach(a)[0] == 0:  # as in SciPy
        a = a[1:]
    b, a = b / a[0], a / a[0]
    n = max(b.shape[0], a.shape[0])
    b, a = (resize(v, n, 0) for v in (b, a))
    right = b[1:] - a[1:] * b[0]
    sums = np.concatenate([np.zeros(1, right.dtype), np.cumsum(right)[:-1]])
    return np.cumsum(a)[:-1] * (np.sum(right) / np.sum(a)) - sums


OPERATIONS: tuple[Operation, ...] = (Lfilter("signal.lfilter"), lfilter_zi)
