"""`prod`, whose gradient is right with any number of zeros."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from ..axes import Axis, normalize_axes, restore_axes
from ..nan_safe import is_divisible


class Prod(Operation):
    """The product over `axis` (None: all). d/dx_i = grad times the product of the others, zeros or not."""

    name = "prod"
    implements = (np.prod, np.multiply.reduce)
    takes_complex = True
    cases = (
        Case(x=real("n k")),
        Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
        Case(x=real("2 3 2"), axis=(0, -1)),
        Case(x=real("3 4"), axis=1, where=np.array([True, False, True, True]), initial=2.0),
        Case(x=real("")),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        keepdims: bool = False,
        initial: float = 1,
        where: Any = True,
    ) -> Array:
        ctx.save(x, axis, keepdims, initial, where)
        return np.prod(x, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return pull_back_prod(grad, *ctx.saved)


def pull_back_prod(grad: Array, x: Array, axis: Axis, keepdims: bool, initial: float, where: Any) -> Array:
    """Return the gradient times the product of all values but the own, of those for which `where` holds."""
    factors = x if where is True else np.where(where, x, 1)
    out = restore_axes(grad * initial, axis, x.ndim, keepdims) * _multiply_others(
        factors, normalize_axes(axis, x.ndim)
    )
    return out if where is True else np.where(where, out, 0)


def _multiply_others(x: Array, axes: tuple[int, ...]) -> Array:
    """Return, for each value, the product over `axes` of all others: what is before it times what is behind
    it, or the whole divided by it.
    """
    if is_divisible(x) and is_divisible(whole := np.prod(x, axis=axes, keepdims=True)):
        return whole / x
    kept = tuple(a for a in range(x.ndim) if a not in axes)
    order = kept + axes
    moved = np.transpose(x, order)
    lead, tail = moved.shape[: len(kept)], moved.shape[len(kept) :]
    flat = np.reshape(moved, (*lead, int(np.prod(tail))))
    one = np.ones((*lead, 1), x.dtype)
    before = np.cumprod(np.concatenate([one, flat[..., :-1]], axis=-1), axis=-1)
    behind = np.flip(np.cumprod(np.concatenate([one, np.flip(flat[..., 1:], -1)], axis=-1), axis=-1), -1)
    product = np.reshape(before * behind, moved.shape) if flat.shape[-1] else moved
    return np.transpose(product, tuple(np.argsort(order)))


prod = Prod()
