"""The same operation on tensors, where every NumPy call inside it is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch import FUNCTIONS
from ..engine.node import Context
from ..tensor import Tensor
from ..transforms import vjp
from .call import guarded
from .finding import DoesNotApply

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def gradients_of_gradients(
    study: Study, sample: Sample, cotangents: Sequence[Any], weights: Sequence[Any]
) -> tuple[list[Any], list[Any]]:
    """Return the gradients of sum(weights * J^T cotangents): by the float inputs, and by the float cotangents.

    The second is J weights, the forward-mode product.
    """
    xs = [sample.inputs[i] for i in sample.floats]
    gs = [g for g in cotangents if g.dtype.kind == "f"]

    def outputs(*floats: Any) -> Any:
        inputs = list(sample.inputs)
        for i, x in zip(sample.floats, floats, strict=True):
            inputs[i] = x
        out = study.callable(*inputs, **sample.settings)
        outs = out if isinstance(out, tuple) else (out,)
        return tuple(y for y in outs if y.dtype.kind == "f")

    def gradients(*arguments: Any) -> Any:
        _, pullback = vjp(outputs, *arguments[: len(xs)])
        received = pullback(arguments[len(xs) :])
        return received if isinstance(received, tuple) else (received,)

    def both() -> Any:
        _, pullback = vjp(gradients, *xs, *gs)
        return pullback(tuple(weights))

    results = guarded("the second derivative", both)
    results = list(results) if isinstance(results, tuple) else [results]
    return results[: len(xs)], results[len(xs) :]
