"""The gradient rule that can itself be differentiated: the operation's own methods, run again on tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch.provenance import describe
from ..engine.node import Context
from ..tensor import Tensor
from .internal import refusal


def replay(node: Context, grads: tuple[Any, ...]) -> Any:
    """Return the gradients of `node`'s inputs as tensors, recorded as functions of `grads` and of the inputs.

    Tensors answer NumPy's protocols, so each NumPy call inside `forward` and `backward` is recorded.
    """
    if node.op.once_differentiable:
        return _refusing(node, grads)
    ctx = Context(node.op, node.inputs, node.settings, node.needs)
    inputs = [_input(x, needed) for x, needed in zip(node.inputs, node.needs, strict=True)]
    try:
        node.op.forward(ctx, *inputs, **node.settings)
        return node.op.backward(ctx, *grads)
    except Exception as error:
        error.add_note(f"while differentiating the gradient of {describe(node.op)}")
        raise


def _input(x: Any, needed: bool) -> Any:
    if needed:
        return x
    if isinstance(x, Tensor):
        return x.data
    return np.asarray(x) if isinstance(x, (list, tuple)) else x


def _refusing(node: Context, grads: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the raw gradients, with a refusal in the graph behind each."""
    received = node.op.backward(node, *(g.data if isinstance(g, Tensor) else g for g in grads))
    why = node.op.once_differentiable
    reason = f"{describe(node.op)} has no second derivative" + (f": {why}" if isinstance(why, str) else "")
    return tuple(
        None if g is None else refusal(g, *node.inputs, *grads, reason=reason)
        for g in (received if type(received) is tuple else (received,))
    )
