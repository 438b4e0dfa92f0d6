"""The same operation on tensors, where every NumPy call inside it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..array import unbroadcast
from ..dispatch import FUNCTIONS
from ..engine.node import Context, uncached
from ..tensor import Tensor
from ..transforms import vjp
from .finding import DoesNotApply
from .guarded import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .call import Call
    from .sample import Sample
    from .study import Study


def need_derivatives(study: Study) -> None:
    """Raise DoesNotApply unless NumPy's own functions have derivatives here."""
    if not study.differentiable:
        raise DoesNotApply("differentiable = False")
    try:
        FUNCTIONS[np.multiply]
    except Exception as error:
        raise DoesNotApply(
            "no installed plugin gives derivatives to NumPy's functions (minigrad-ops-basic)"
        ) from error


def forward_on_tensors(study: Study, sample: Sample) -> tuple[Any, ...]:
    """Return the outputs of `forward` on tensors, as arrays."""
    inputs = tuple(
        Tensor(x, requires_grad=True) if i in sample.floats else x for i, x in enumerate(sample.inputs)
    )
    ctx = Context(study.op, inputs, sample.settings, sample.needs)
    out = guarded("forward", lambda: study.op.forward(ctx, *inputs, **sample.settings))
    outs = out if isinstance(out, tuple) else (out,)
    return tuple(np.asarray(y.data if isinstance(y, Tensor) else y) for y in outs)


@dataclass(frozen=True)
class Second:
    """The gradients of sum(weights * J^T grads) for one call.

    Attributes
    ----------
    weights : list of arrays
        One for each float input.
    received : list of arrays
        The first gradients J^T grads, as they are on tensors.
    by_inputs, by_grads : list of arrays
        The gradients by the float inputs, and by the float gradients: J weights, the forward-mode product.
    """

    weights: list[Any]
    received: list[Any]
    by_inputs: list[Any]
    by_grads: list[Any]


def second(study: Study, call: Call) -> Second:
    """Return the second derivative of a call, computed once for all checks; Broken if that fails."""
    if call not in study.seconds:
        weights = call.drawn("weights", [call.sample.inputs[i] for i in call.sample.floats])
        found = gradients_of_gradients(study, call.sample, call.grads, weights)
        study.seconds[call] = Second(weights, *found)
    return study.seconds[call]


def gradients_of_gradients(
    study: Study, sample: Sample, cotangents: Sequence[Any], weights: Sequence[Any]
) -> tuple[list[Any], list[Any], list[Any]]:
    """Return J^T cotangents, and the gradients of sum(weights * J^T cotangents): by the float inputs, and by
    the cotangents.

    The last is J weights, the forward-mode product. The two methods are run on tensors here, not by the
    engine: it may take a shorter way that hides what they do wrong.
    """
    xs = [sample.inputs[i] for i in sample.floats]
    places = [k for k, g in enumerate(cotangents) if g.dtype.kind in "fc"]

    def gradients(*arguments: Any) -> Any:
        inputs, grads = list(sample.inputs), list(cotangents)
        for i, x in zip(sample.floats, arguments, strict=False):
            inputs[i] = x
        for k, g in zip(places, arguments[len(xs) :], strict=True):
            grads[k] = g
        ctx = Context(study.op, tuple(inputs), sample.settings, sample.needs)
        study.op.forward(ctx, *inputs, **sample.settings)
        ctx.saved = uncached(ctx.saved)
        received = study.op.backward(ctx, *grads)
        received = received if isinstance(received, tuple) else (received,)
        return tuple(_summed(received[i], sample.inputs[i]) for i in sample.floats)

    def both() -> Any:
        if getattr(study.op, "once_differentiable", False):
            return _through_the_engine(study, sample, xs, cotangents, weights)
        received, pullback = vjp(gradients, *xs, *(cotangents[k] for k in places))
        return received, pullback(tuple(weights))

    received, results = guarded("the second derivative", both)
    results = list(results) if isinstance(results, tuple) else [results]
    return list(received), results[: len(xs)], results[len(xs) :]


def _through_the_engine(
    study: Study, sample: Sample, xs: list[Any], cotangents: Sequence[Any], weights: Sequence[Any]
) -> Any:
    """Return what the engine gives for an operation that declares that it has no second derivative."""

    def outputs(*floats: Any) -> Any:
        inputs = list(sample.inputs)
        for i, x in zip(sample.floats, floats, strict=True):
            inputs[i] = x
        out = study.callable(*inputs, **sample.settings)
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
