"""Gradient rules for the transforms: on raw arrays, or on tensors, recorded for higher derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.tables import describe
from ..engine.node import Cached, Context, uncached
from ..tensor import Tensor
from .primitives import refusal

if TYPE_CHECKING:
    from ..engine.backward import Rule
    from .paths import Needs, Paths


def raw_rule(paths: Paths) -> Rule | None:
    """Return the rule that calls `backward` on raw arrays, for inputs that lead to a variable only."""
    needs_of_nodes = paths.needs
    if needs_of_nodes is None:
        return None

    def rule(node: Context, grads: tuple[Any, ...]) -> Any:
        needs = needs_of_nodes.get(node)
        if needs is None:
            return (None,) * len(node.inputs)
        return node.op.backward(_restrict_needs(node, needs), *grads)

    return rule


def replay_rule(paths: Paths, *, constant: bool, unread: frozenset[Context | Tensor] = frozenset()) -> Rule:
    """Return the rule that runs `forward` again on tensors, then `backward` on tensors.

    Tensors answer NumPy's protocols, so each NumPy call inside the operation is recorded: the gradients come
    back as functions of the output's gradients, and of the inputs unless these are taken as constants. Those
    that arrive at the keys `unread` need not have the right values.
    """
    needs_of_nodes = paths.needs

    def rule(node: Context, grads: tuple[Any, ...]) -> Any:
        needs = node.needs if needs_of_nodes is None else needs_of_nodes.get(node)
        if needs is None:
            return (None,) * len(node.inputs)
        op: Any = node.op  # `apply` only records what has all of the base's members
        if op.once_differentiable:
            return _refuse_second_derivative(node, needs, grads)
        # Seeds, and zeros for unused outputs, come as arrays. An operation may tell raw from recorded by any
        # of its arguments, so it gets tensors only.
        grads = tuple([g if isinstance(g, Tensor) else Tensor(g) for g in grads])
        ctx = Context(op, node.inputs, node.settings, needs)
        if unread:
            pairs = zip(node.inputs, needs, strict=True)
            ctx.unread = tuple([needed and (x.node or x) in unread for x, needed in pairs])
        try:
            if not _restore_saved(node, ctx, constant):
                pairs = zip(node.inputs, node.needs, strict=True)
                op.forward(ctx, *[_wrap_input(x, needed, constant) for x, needed in pairs], **node.settings)
                ctx.saved = uncached(ctx.saved)
            return op.backward(ctx, *grads)
        except Exception as error:
            error.add_note(f"while differentiating the gradient of {describe(node.op)}")
            raise

    return rule


def _restrict_needs(node: Context, needs: Needs) -> Context:
    """Return `node`, as if only the gradients `needs` had been asked for."""
    if needs == node.needs:
        return node
    ctx = Context(node.op, node.inputs, node.settings, needs)
    ctx.saved = node.saved
    ctx.outputs = node.outputs
    return ctx


def _wrap_input(x: Any, needed: bool, constant: bool) -> Any:
    """Return an input of `forward` in a replay: a tensor instead of any array of floats.

    Not of those alone that are needed: what `forward` computes from the others would be an array, and no
    tensor can be added to that in place.
    """
    if needed and not constant:
        return x
    array = x.data if isinstance(x, Tensor) else x
    floats = type(array) is np.ndarray and array.dtype.kind in "fc"
    return Tensor(array) if needed or floats else array


def _restore_saved(node: Context, ctx: Context, constant: bool) -> bool:
    """Save in `ctx` what `forward` would on tensors, and return whether that could be told.

    Often that is the inputs themselves, or a mask; then a matrix product or a convolution need not be
    computed twice. Where two inputs share an array, only `forward` knows which of them it saved.
    """
    known = True
    by_array: dict[int, tuple[Any, bool]] = {}
    for pair in zip(node.inputs, node.needs, strict=True):
        x = pair[0]
        array = x.data if isinstance(x, Tensor) else x
        if by_array.setdefault(id(array), pair)[0] is not x:
            known = False
    found: list[Any] = []
    for value in node.saved:
        if id(value) in by_array:
            found.append(_wrap_input(*by_array[id(value)], constant))
        elif type(value) is Cached:
            ctx.cached = value
            found.append(None)
        elif _is_static(value):
            found.append(value)
        else:
            known = False
    ctx.saved = tuple(found)
    return known


def _is_static(value: Any) -> bool:
    """Return whether the value has no derivative, whatever it was made from: sizes, axes, names, masks."""
    return (
        value is None
        or isinstance(value, (int, str, np.bool_, np.integer))
        or (type(value) is np.ndarray and value.dtype.kind in "biu")
        or (type(value) is tuple and all(map(_is_static, value)))
    )


def _refuse_second_derivative(node: Context, needs: Needs, grads: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the raw gradients, with a refusal in the graph behind each."""
    op: Any = node.op
    unwrapped = (g.data if isinstance(g, Tensor) else g for g in grads)
    received = op.backward(_restrict_needs(node, needs), *unwrapped)
    why = op.once_differentiable
    reason = f"{describe(node.op)} has no second derivative" + (f": {why}" if isinstance(why, str) else "")
    return tuple(
        None if g is None else refusal(g, *node.inputs, *grads, reason=reason)
        for g in (received if type(received) is tuple else (received,))
    )
