"""Gradient rules of the transforms: on raw arrays, or on tensors, recorded for higher derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array import ARRAY_TYPES, Array
from ..contracts import Operation
from ..dispatch.tables import describe
from ..engine.backward import Rule
from ..engine.node import Cached, Context, drop_cached
from ..errors import DifferentiabilityError, GradientError
from ..tensor import Tensor
from .paths import Needs, Paths

_SMALL = 4096  # bytes


def make_raw_rule(paths: Paths) -> Rule | None:
    """Return the rule that calls `backward` on raw arrays, only for inputs that depend on a variable."""
    needs_of_nodes = paths.needs
    if needs_of_nodes is None:
        return None

    def rule(node: Context, grads: tuple[Any, ...]) -> Any:
        needs = needs_of_nodes.get(node)
        if needs is None:
            return (None,) * len(node.inputs)
        return node.op.backward(_with_needs(node, needs), *grads)

    return rule


def make_replay_rule(
    paths: Paths, *, constant: bool, unread: frozenset[Context | Tensor] = frozenset()
) -> Rule:
    """Return the rule that runs `forward` again on tensors, then `backward` on tensors.

    Tensors implement NumPy's protocols, so each NumPy call inside the operation is recorded. The gradients
    are then functions of the output's gradients, and of the inputs too unless `constant`. Gradients with the
    keys `unread` are never read, so they may have wrong values.
    """
    needs_of_nodes = paths.needs

    def rule(node: Context, grads: tuple[Any, ...]) -> Any:
        needs = node.needs if needs_of_nodes is None else needs_of_nodes.get(node)
        if needs is None:
            return (None,) * len(node.inputs)
        op: Any = node.op  # `apply` records only operations with all members of `Operation`
        if op.once_differentiable:
            return _refuse_second_derivative(node, needs, grads)
        # Seeds, and zeros for unused outputs, are arrays here. An operation may test whether an argument is a
        # tensor, so they become tensors.
        grads = tuple([g if isinstance(g, Tensor) else Tensor(g) for g in grads])
        ctx = Context(op, node.inputs, node.settings, needs)
        if unread:
            pairs = zip(node.inputs, needs, strict=True)
            ctx.unread = tuple([needed and (x.node or x) in unread for x, needed in pairs])
        try:
            if not _restore_saved(node, ctx, constant):
                pairs = zip(node.inputs, node.needs, strict=True)
                op.forward(ctx, *[_wrap_input(x, needed, constant) for x, needed in pairs], **node.settings)
                _check_draws(node, ctx.saved)
                ctx.saved = drop_cached(ctx.saved)
            return op.backward(ctx, *grads)
        except Exception as error:
            error.add_note(f"while differentiating the gradient of {describe(node.op)}")
            raise

    return rule


def _with_needs(node: Context, needs: Needs) -> Context:
    """Return a context like `node` that needs the gradients `needs` only."""
    if needs == node.needs:
        return node
    ctx = Context(node.op, node.inputs, node.settings, needs)
    ctx.saved = node.saved
    ctx.outputs = node.outputs
    return ctx


def _wrap_input(x: Any, needed: bool, constant: bool) -> Any:
    """Return the input `x` for a replay of `forward`: every array of floats becomes a tensor.

    Inputs that need no gradient are wrapped too. Otherwise `forward` would compute arrays from them, and
    adding a tensor to such an array in place is impossible.
    """
    if needed and not constant:
        return x
    array = x.data if isinstance(x, Tensor) else x
    is_floating = type(array) in ARRAY_TYPES and array.dtype.kind in "fc"
    return Tensor(array) if needed or is_floating else array


def _restore_saved(node: Context, ctx: Context, constant: bool) -> bool:
    """Save in `ctx` the values that `forward` would save on tensors; return False if some are unknown.

    Operations often save inputs, which this function recognizes by identity, or a mask. Then `forward` need
    not run again, which would compute a matrix product or a convolution twice. If two inputs share an array,
    only `forward` knows which of the two it saved.
    """
    complete = True
    by_array: dict[int, tuple[Any, bool]] = {}
    for pair in zip(node.inputs, node.needs, strict=True):
        x = pair[0]
        array = x.data if isinstance(x, Tensor) else x
        if by_array.setdefault(id(array), pair)[0] is not x:
            complete = False
    saved: list[Any] = []
    for value in node.saved:
        if id(value) in by_array:
            saved.append(_wrap_input(*by_array[id(value)], constant))
        elif type(value) is Cached:
            ctx.cached = value
            saved.append(None)
        elif _is_static(value):
            saved.append(value)
        else:
            complete = False
    ctx.saved = tuple(saved)
    return complete


def _is_static(value: Any) -> bool:
    """Return whether a value of this type never has a derivative: sizes, axes, names, masks."""
    return (
        value is None
        or isinstance(value, (int, str, np.bool_, np.integer))
        or (type(value) in ARRAY_TYPES and value.dtype.kind in "biu")
        or (type(value) is tuple and all(map(_is_static, value)))
    )


def _check_draws(node: Context, again: tuple[Any, ...]) -> None:
    """Raise if `forward` saves other values when it runs again, as after a random draw.

    again: the values that `forward` saved when it ran on tensors. Many operations save other values for
    tensors. So this function compares with a second run on arrays before it raises.

    Raises
    ------
    GradientError
        A saved array has other values in a second run on the same arrays.
    """
    if not any(map(_differ, node.saved, again)):
        return
    op, ctx = node.op, Context(node.op, node.inputs, node.settings, node.needs)
    op.forward(ctx, *[x.data if isinstance(x, Tensor) else x for x in node.inputs], **node.settings)
    if any(map(_differ, node.saved, ctx.saved)):
        raise GradientError(
            f"{describe(op)}: forward saved other values when it ran again, for a second derivative or jvp, "
            "as after a random draw; draw outside, and pass the numbers as an input"
        )


def _differ(x: Any, y: Any) -> bool:
    """Return whether arrays of one shape differ by more than rounding: by 1 % of the largest value of `x`."""
    y = y.data if isinstance(y, Tensor) else y
    if x is y or not (_is_array(x) and _is_array(y)) or x.shape != y.shape:
        return False
    if x.nbytes <= _SMALL and x.tobytes() == y.tobytes():  # 15 times faster than np.array_equal
        return False
    if np.array_equal(x, y):
        return False
    if x.dtype.kind not in "fc":
        return True
    with np.errstate(all="ignore"):
        difference, largest = (np.fmax.reduce(np.abs(z), axis=None, initial=0) for z in (x - y, x))
    return bool(difference > 0.01 * largest)


def _is_array(x: Any) -> bool:
    return type(x) is np.ndarray or isinstance(x, np.generic)  # no array in a trace of `mg.compile`


class Refusal(Operation):
    """Returns a gradient unchanged, as a function of all inputs, and refuses to differentiate it."""

    name = "refusal"
    takes_complex = True

    def forward(self, ctx: Context, grad: Array, *_: Array, reason: str) -> Array:
        """Return `grad`."""
        ctx.save(reason)
        return grad

    def backward(self, ctx: Context, grad: Any) -> Array:  # noqa: ARG002 - the contract's
        """Raise `DifferentiabilityError` with the reason."""
        raise DifferentiabilityError(ctx.saved[0])


_refusal = Refusal()


def _refuse_second_derivative(node: Context, needs: Needs, grads: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the raw gradients as outputs of a refusal, so that differentiating them raises."""
    op: Any = node.op
    arrays = (g.data if isinstance(g, Tensor) else g for g in grads)
    raw_grads = op.backward(_with_needs(node, needs), *arrays)
    why = op.once_differentiable
    reason = f"{describe(node.op)} has no second derivative" + (f": {why}" if isinstance(why, str) else "")
    return tuple(
        None if g is None else _refusal(g, *node.inputs, *grads, reason=reason)
        for g in (raw_grads if type(raw_grads) is tuple else (raw_grads,))
    )
