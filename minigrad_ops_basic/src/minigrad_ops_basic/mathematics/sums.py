"""`sum`, `prod`, `nansum` and `nanprod`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context
from minigrad_core.cases import Case, axis_of, real

from ..axes import Axis, normalize_axes, restore_axes
from ..dtypes import detach, refuse_real_dtype
from ..function import NumpyFunction
from ..nan_safe import find_valid, is_divisible

CASES = (
    Case(x=real("n k")),
    Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
    Case(x=real("n k m"), axis=(0, -1)),
    Case(x=real("")),
)
MISSING = Case(x=np.array([[0.5, np.nan, 2.0], [1.5, -0.75, 0.25]]), axis=1)


def spread(grad: Array, shape: tuple[int, ...], where: Any) -> Array:
    """Return `grad` broadcast to `shape`, zero where `where` is false."""
    if where is True and isinstance(grad, (np.ndarray, np.generic)):
        out = np.empty(shape, grad.dtype)  # five times faster than broadcast_to and copy
        out[...] = grad
        return out
    whole = np.broadcast_to(grad, shape)
    return whole if where is True else np.where(where, whole, 0)


class Sum(NumpyFunction):
    """The sum over `axis` (None: all axes) of the values for which `where` holds.

    d/dx = grad, broadcast over the axis.
    """

    takes_complex = True
    cases = (
        *CASES,
        Case(x=real("3 4"), axis=1, where=np.array([True, False, True, True])),
        Case(x=real("n k"), axis=0, keepdims=True, initial=2.0, dtype=np.longdouble),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        keepdims: bool = False,
        initial: float = 0,
        where: Any = True,
    ) -> Array:
        ctx.save(x.shape, axis, keepdims, where)
        if where is True and not initial:
            return _sum(x, axis=axis, dtype=dtype, keepdims=keepdims)
        return np.sum(x, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, axis, keepdims, where = ctx.saved
        return spread(restore_axes(grad, axis, len(shape), keepdims), shape, where)


class Reduction(NumpyFunction):
    """`prod`, `nansum` and `nanprod`: the product or sum over `axis` (None: all axes) where `where` holds.

    `nansum` and `nanprod` leave NaN out.

    d/dx_i = grad times the product of the other values, with any number of zeros; for a sum grad; 0 for NaN.
    """

    cases: Sequence[Case] = (
        *CASES[:3],
        Case(x=real("3 4"), axis=1, where=np.array([True, False, True, True]), initial=2.0),
        Case(x=real("")),
    )

    def __init__(self, *implements: Any, initial: float, rule: Any, skips_nan: bool) -> None:
        super().__init__(*implements)
        self.initial, self.rule, self.skips_nan = initial, rule, skips_nan
        self.takes_complex = not skips_nan
        self.cases = (*self.cases, MISSING) if skips_nan else self.cases

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        keepdims: bool = False,
        initial: float | None = None,
        where: Any = True,
    ) -> Array:
        start = self.initial if initial is None else initial
        if ctx.needs[0]:
            refuse_real_dtype(x, dtype)
        ctx.save(x, axis, keepdims, start, where)
        return self.function(x, axis=axis, dtype=dtype, keepdims=keepdims, initial=start, where=where)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, *settings, where = ctx.saved
        return self.rule(grad, x, *settings, find_valid(detach(x), where) if self.skips_nan else where)


def _pull_back_sum(grad: Array, x: Array, axis: Axis, keepdims: bool, _: float, where: Any) -> Array:
    return spread(restore_axes(grad, axis, x.ndim, keepdims), x.shape, where)


def _pull_back_product(
    grad: Array, x: Array, axis: Axis, keepdims: bool, initial: float, where: Any
) -> Array:
    """Return the gradient times the product of all other values for which `where` holds."""
    factors = x if where is True else np.where(where, x, 1)
    others = _multiply_others(factors, normalize_axes(axis, x.ndim))
    out = restore_axes(grad * initial, axis, x.ndim, keepdims) * others
    return out if where is True else np.where(where, out, 0)


def _multiply_others(x: Array, axes: tuple[int, ...]) -> Array:
    """Return, for each value, the product over `axes` of all other values.

    This is the whole product divided by the value or, near zeros and overflow, the product of the values
    before times the product of the values after it.
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
    after = np.flip(np.cumprod(np.concatenate([one, np.flip(flat[..., 1:], -1)], axis=-1), axis=-1), -1)
    product = np.reshape(before * after, moved.shape) if flat.shape[-1] else moved
    return np.transpose(product, tuple(np.argsort(order)))


_sum: Any = np.add.reduce  # `np.sum` without its Python code; the stubs have no overload for a union
sum = Sum(np.sum, np.add.reduce)  # noqa: A001 - NumPy's name
prod = Reduction(np.prod, np.multiply.reduce, initial=1, rule=_pull_back_product, skips_nan=False)
nansum = Reduction(np.nansum, initial=0, rule=_pull_back_sum, skips_nan=True)
nanprod = Reduction(np.nanprod, initial=1, rule=_pull_back_product, skips_nan=True)
