"""An operation's two methods on tensors, where every NumPy call inside them is recorded."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...array import unbroadcast
from ...engine.node import Context, uncached
from ...errors import MinigradError
from ...tensor import Tensor
from ...transforms import vjp
from ..finding import DoesNotApply
from ..samples.sample import Sample
from .subject import Second


def gradients_of_gradients(op: Any, sample: Sample, cotangents: Sequence[Any], weights: list[Any]) -> Second:
    """Return J^T cotangents, and the gradients of sum(weights * J^T cotangents).

    The two methods are run on tensors here, not by the engine: it may take a shorter way that hides what
    they do wrong. DoesNotApply where NumPy's own functions have no derivatives.
    """
    try:
        np.multiply(Tensor(np.ones(()), requires_grad=True), 1.0)
    except MinigradError as error:
        told = "no installed plugin gives derivatives to NumPy's functions (minigrad-ops-basic)"
        raise DoesNotApply(told) from error
    xs = [sample.inputs[i] for i in sample.floats]
    places = [k for k, g in enumerate(cotangents) if g.dtype.kind in "fc"]

    def gradients(*arguments: Any) -> Any:
        inputs = sample.but(dict(zip(sample.floats, arguments, strict=False))).inputs
        given = dict(zip(places, arguments[len(xs) :], strict=True))
        ctx = Context(op, inputs, sample.settings, sample.needs)
        op.forward(ctx, *inputs, **sample.settings)
        ctx.saved = uncached(ctx.saved)
        received = op.backward(ctx, *(given.get(k, g) for k, g in enumerate(cotangents)))
        received = received if isinstance(received, tuple) else (received,)
        return tuple(_summed(received[i], sample.inputs[i]) for i in sample.floats)

    received, pullback = vjp(gradients, *xs, *(cotangents[k] for k in places))
    results = pullback(tuple(weights))
    results = list(results) if isinstance(results, tuple) else [results]
    return Second(weights, list(received), results[: len(xs)], results[len(xs) :])


def _summed(g: Any, x: Any) -> Any:
    """Return a gradient in its input's shape, and real if that is, as the engine makes it."""
    g = np.real(g) if g.dtype.kind == "c" and x.dtype.kind == "f" else g
    return g if g.shape == x.shape else unbroadcast(g, x.shape)
