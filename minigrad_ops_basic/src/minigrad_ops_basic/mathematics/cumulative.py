"""`cumsum`, `cumprod`, their variants, and other accumulations along an axis."""

from __future__ import annotations

from functools import partial
from operator import index
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from .. import references
from ..dtypes import detach, refuse_real_dtype, widen_half
from ..function import NumpyFunction
from ..gather import scatter_flat
from ..nan_safe import apply_mask, find_valid, is_divisible

_CASES = (Case(x=real("2 2 n"), axis=axis_of("x")), Case(x=real("4"), axis=0))
_MISSING = (*_CASES, Case(x=np.array([0.5, np.nan, 2.0, -1.5])))
_FLAT = (
    *_CASES,
    Case(x=np.array([[1.5, 0.0], [-0.5, 2.0]])),
    Case(x=np.array(0.0), axis=0),
    Case(x=np.arange(-4.0, 8.0).reshape(2, 3, 2), axis=2),
)


def _move_first(x: Any, axis: int | None) -> Array:
    """Return `x` with the axis in front, or flattened for None. NumPy flattens a 0-d array for any axis."""
    return np.reshape(x, (-1,)) if axis is None or x.ndim == 0 else np.moveaxis(x, axis, 0)


def _move_back(x: Any, axis: int | None, shape: tuple[int, ...]) -> Array:
    """Undo `_move_first`."""
    return np.reshape(x, shape) if axis is None or not shape else np.moveaxis(x, 0, axis)


def _sum_from_end(x: Any, axis: int | None) -> Any:
    """Return the cumulative sum from the end, along the axis of a result (None: its only axis)."""
    along = 0 if axis is None else axis
    return np.flip(np.cumsum(np.flip(widen_half(x), along), axis=along), along)


def _recur_from_end(values: Any, factors: Any) -> Array:
    """Return r along the first axis, with r_i = values_i + factors_i r_(i+1) and r_n = values_n."""
    n = values.shape[0]
    collected = [values[n - 1]]
    for i in range(n - 2, -1, -1):
        collected.append(values[i] + factors[i] * collected[-1])
    return np.stack(collected[::-1])


class Cumulative(NumpyFunction):
    """`cumsum` and `cumprod`, `nancumsum` and `nancumprod`, along `axis` (None: of the flattened values).

    The nan functions take NaN as 0 or 1.

    d/dx of a sum = grad summed from the end; of a product, d/dx_i = sum over j >= i of
    grad_j prod_(k <= j, k != i) x_k; 0 for NaN.
    """

    def __init__(self, rule: Any, *implements: Any, skips_nan: bool) -> None:
        super().__init__(*implements)
        self.rule, self.skips_nan = rule, skips_nan
        self.takes_complex = not skips_nan
        self.cases = _MISSING if skips_nan else _FLAT

    def forward(
        self, ctx: Context, x: Array, *, axis: int | None = None, dtype: DTypeLike | None = None
    ) -> Array:
        if ctx.needs[0] and self.rule is _pull_back_product:
            refuse_real_dtype(x, dtype)
        ctx.save(x if self.skips_nan else _select_values(self.rule, x), axis)
        return self.function(x, axis=axis, dtype=dtype)

    def backward(self, ctx: Context, grad: Array) -> Array:
        values, axis = ctx.saved
        if not self.skips_nan:
            return self.rule(grad, values, axis)
        valid = find_valid(detach(values), True)
        filled = _select_values(self.rule, np.where(valid, values, 1))
        return apply_mask(self.rule(grad, filled, axis), valid)


class ArrayApiCumulative(NumpyFunction):
    """`cumulative_sum` and `cumulative_prod`, of the array API: `include_initial` puts a 0 or a 1 in front.

    d/dx = the derivative of `cumsum` or `cumprod`.
    """

    takes_complex = True
    cases = (Case(x=real("4")), Case(x=real("2 3 2"), axis=axis_of("x"), include_initial=True))

    def __init__(self, rule: Any, function: Any) -> None:
        super().__init__(function)
        self.rule = rule

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        axis: int | None = None,
        dtype: DTypeLike | None = None,
        include_initial: bool = False,
    ) -> Array:
        if ctx.needs[0] and self.rule is _pull_back_product:
            refuse_real_dtype(x, dtype)
        axis = axis if axis is None else index(axis)
        ctx.save(_select_values(self.rule, x), axis, include_initial)
        return self.function(x, axis=axis, dtype=dtype, include_initial=include_initial)

    def backward(self, ctx: Context, grad: Array) -> Array:
        values, axis, include_initial = ctx.saved
        if include_initial:
            grad = grad[(slice(None),) * ((axis or 0) % grad.ndim) + (slice(1, None),)]
        return self.rule(grad, values, axis)


def _select_values(rule: Any, x: Array) -> Any:
    """Return x for the rule of a product, and only its shape for that of a sum.

    The graph of a sum then remains valid after a step of an optimizer.
    """
    return x.shape if rule is _pull_back_sum else x


def _pull_back_sum(grad: Array, shape: tuple[int, ...], axis: int | None) -> Array:
    return np.reshape(_sum_from_end(grad, axis), shape)


def _pull_back_product(grad: Array, x: Array, axis: int | None) -> Array:
    """Return the cumulative sum of grad y from the end, divided by x.

    Near zeros and overflow there is no division: the gradient is the product of the values before x_i times
    r_i = grad_i + x_(i+1) r_(i+1).
    """
    if is_divisible(x) and is_divisible(y := np.cumprod(x, axis=axis)):
        return _sum_from_end(grad * y, axis).reshape(x.shape) / x
    values = _move_first(x, axis)
    if not x.size:
        return np.zeros(x.shape, grad.dtype)
    before = np.concatenate([np.ones((1, *values.shape[1:]), x.dtype), np.cumprod(values[:-1], axis=0)])
    return _move_back(before * _recur_from_end(_move_first(grad, axis), values[1:]), axis, x.shape)


class LogCumSumExp(NumpyFunction):
    """The cumulative log of the sum of e^x along `axis`, without overflow.

    d/dx_i = sum over j >= i of grad_j e^(x_i - y_j).
    """

    reference = staticmethod(references.logcumsumexp)
    cases = (*_CASES, Case(x=np.array([-np.inf, -np.inf, 0.5, -np.inf, 1.5])))

    def forward(self, ctx: Context, x: Array, *, axis: int = 0) -> Array:
        y = np.logaddexp.accumulate(x, axis=axis)
        ctx.save(x, y, axis)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        # e^(x_i - y_i) r_i, with r_i = grad_i + e^(y_i - y_(i+1)) r_(i+1): no exponent is positive.
        x, y, axis = ctx.saved
        if not x.size:
            return np.zeros(x.shape, grad.dtype)
        x, y, grads = (_move_first(a, axis) for a in (x, y, grad))
        finite_y = np.where(np.isneginf(y), 0, y)  # so that -inf minus -inf does not occur
        shares = np.exp(y[:-1] - finite_y[1:])
        collected = _recur_from_end(grads, shares)
        return np.moveaxis(np.exp(x - finite_y) * collected, 0, axis)


class CumulativeExtreme(Operation):
    """`cummax` and `cummin`: the largest or smallest value up to each position along `axis`.

    d/dx_i = grad summed over the positions of which x_i is the extreme; the last one of equal values.
    """

    cases = _CASES

    def __init__(self, ufunc: np.ufunc, name: str) -> None:
        self.name = name
        self.ufunc = ufunc
        self.implements = (ufunc.accumulate,)
        self.reference = partial(references.accumulate_lines, ufunc)

    def forward(self, ctx: Context, x: Array, *, axis: int = 0) -> Array:
        axis = index(axis)
        y = self.ufunc.accumulate(x, axis=axis)
        hit = (x == y) | np.logical_and(np.isnan(x), np.isnan(y))
        ctx.save(x.shape, hit, axis)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, hit, axis = ctx.saved
        along = np.moveaxis(
            np.broadcast_to(np.arange(shape[axis]), np.moveaxis(hit, axis, -1).shape), -1, axis
        )
        last: NDArray[np.intp] = np.maximum.accumulate(np.where(hit, along, 0), axis=axis)
        positions = np.take_along_axis(np.arange(hit.size).reshape(shape), last, axis)
        return scatter_flat(grad, shape, positions)


cumsum = Cumulative(_pull_back_sum, np.cumsum, np.add.accumulate, skips_nan=False)
cumprod = Cumulative(_pull_back_product, np.cumprod, np.multiply.accumulate, skips_nan=False)
nancumsum = Cumulative(_pull_back_sum, np.nancumsum, skips_nan=True)
nancumprod = Cumulative(_pull_back_product, np.nancumprod, skips_nan=True)
cumulative_sum = ArrayApiCumulative(_pull_back_sum, np.cumulative_sum)
cumulative_prod = ArrayApiCumulative(_pull_back_product, np.cumulative_prod)
logcumsumexp = LogCumSumExp(np.logaddexp.accumulate, name="logcumsumexp")
cummax = CumulativeExtreme(np.maximum, "cummax")
cummin = CumulativeExtreme(np.minimum, "cummin")
