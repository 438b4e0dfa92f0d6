"""An operation's two methods on tensors, where every NumPy call inside them is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...array import unbroadcast
from ...engine.node import Context, uncached
from ...errors import MinigradError
from ...tensor import Tensor
from ...transforms import vjp
from ..finding import DoesNotApply
from .subject import Second

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..samples.sample import Sample
    from .operation import OperationSubject


def need_derivatives() -> None:
    """Raise DoesNotApply unless NumPy's own functions have derivatives here."""
    try:
        np.multiply(Tensor(np.ones(()), requires_grad=True), 1.0)
    except MinigradError as error:
        raise DoesNotApply(
            "no installed plugin gives derivatives to NumPy's functions (minigrad-ops-basic)"
        ) from error


def forward_on_tensors(op: Any, sample: Sample) -> tuple[Any, ...]:
    """Return the outputs of `forward` on tensors, as arrays."""
    need_derivatives()
    floats = sample.floats
    inputs = tuple(Tensor(x, requires_grad=True) if i in floats else x for i, x in enumerate(sample.inputs))
    ctx = Context(op, inputs, sample.settings, sample.needs)
    out = op.forward(ctx, *inputs, **sample.settings)
    outs = out if isinstance(out, tuple) else (out,)
    return tuple(np.asarray(y.data if isinstance(y, Tensor) else y) for y in outs)


def gradients_of_gradients(
    subject: OperationSubject, sample: Sample, cotangents: Sequence[Any], weights: list[Any]
) -> Second:
    """Return J^T cotangents, and the gradients of sum(weights * J^T cotangents).

    The two methods are run on tensors here, not by the engine: it may take a shorter way that hides what
    they do wrong.
    """
    need_derivatives()
    op = subject.op
    xs = [sample.inputs[i] for i in sample.floats]
    places = [k for k, g in enumerate(cotangents) if g.dtype.kind in "fc"]

    def gradients(*arguments: Any) -> Any:
        inputs, grads = list(sample.inputs), list(cotangents)
        for i, x in zip(sample.floats, arguments, strict=False):
            inputs[i] = x
        for k, g in zip(places, arguments[len(xs) :], strict=True):
            grads[k] = g
        ctx = Context(op, tuple(inputs), sample.settings, sample.needs)
        op.forward(ctx, *inputs, **sample.settings)
        ctx.saved = uncached(ctx.saved)
        received = op.backward(ctx, *grads)
        received = received if isinstance(received, tuple) else (received,)
        return tuple(_summed(received[i], sample.inputs[i]) for i in sample.floats)

    if subject.declared.once_differentiable:
        received, results = _through_the_engine(subject, sample, xs, cotangents, weights)
    else:
        received, pullback = vjp(gradients, *xs, *(cotangents[k] for k in places))
        results = pullback(tuple(weights))
    results = list(results) if isinstance(results, tuple) else [results]
    return Second(weights, list(received), results[: len(xs)], results[len(xs) :])


def _through_the_engine(
    subject: OperationSubject, sample: Sample, xs: list[Any], cotangents: Sequence[Any], weights: list[Any]
) -> Any:
    """Return what the engine gives for an operation that declares that it has no second derivative."""

    def outputs(*floats: Any) -> Any:
        inputs = list(sample.inputs)
        for i, x in zip(sample.floats, floats, strict=True):
            inputs[i] = x
        out = subject.callable(*inputs, **sample.settings)
        return tuple(y for y in (out if isinstance(out, tuple) else (out,)) if y.dtype.kind == "f")

    def gradients(*floats: Any) -> Any:
        _, pullback = vjp(outputs, *floats)
        received = pullback(tuple(g for g in cotangents if g.dtype.kind == "f"))
        return received if isinstance(received, tuple) else (received,)

    received, pullback = vjp(gradients, *xs)
    return received, pullback(tuple(weights))


def _summed(g: Any, x: Any) -> Any:
    """Return a gradient in its input's shape, and real if that is, as the engine makes it."""
    if g.dtype.kind == "c" and x.dtype.kind == "f":
        g = np.real(g)
    return g if g.shape == x.shape else unbroadcast(g, x.shape)
