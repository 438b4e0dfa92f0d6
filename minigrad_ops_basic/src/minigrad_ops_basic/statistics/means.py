"""`mean`, `var` and `std`, and their nan variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context, Tensor
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, axis_of, real

from ..axes import Axis, count_values, restore_axes
from ..dtypes import detach, refuse_real_dtype, widen_half
from ..function import NumpyFunction
from ..mathematics.sums import CASES, MISSING, spread
from ..nan_safe import find_valid

_MASK = np.array([True, False, True, True])


class Mean(NumpyFunction):
    """`mean` and `nanmean`: the mean over `axis` (None: all axes) of the values for which `where` holds.

    `nanmean` leaves NaN out. If all values are NaN, the result is NaN, with NumPy's warning.

    d/dx = grad / n, broadcast over the axis; 0 for NaN.
    """

    cases: Sequence[Case] = (
        *CASES,
        Case(x=real("2 3"), axis=1, where=np.array([[True, False, True], [False, True, False]])),
    )

    def __init__(self, function: Any, *, skips_nan: bool) -> None:
        super().__init__(function)
        self.skips_nan = skips_nan
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
        where: Any = True,
    ) -> Array:
        mask = find_valid(detach(x), where) if self.skips_nan and ctx.needs[0] else where
        ctx.save(x.shape, axis, keepdims, mask)
        return self.function(x, axis=axis, dtype=dtype, keepdims=keepdims, where=where)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return pull_back_mean(grad, *ctx.saved)


def pull_back_mean(grad: Array, shape: tuple[int, ...], axis: Axis, keepdims: bool, where: Any) -> Array:
    """Return the gradient, shared evenly by the values for which `where` holds."""
    grad = widen_half(restore_axes(grad, axis, len(shape), keepdims))
    return spread(grad / _count_where(shape, axis, where, grad.dtype), shape, where)


def _count_where(shape: tuple[int, ...], axis: Axis, where: Any, dtype: Any) -> Any:
    """Return how many values went into each result: a number, or an array that fits the input."""
    if where is True:
        return max(count_values(shape, axis), 1)
    return np.maximum(np.sum(np.broadcast_to(where, shape), axis=axis, keepdims=True), 1).astype(dtype)


class Variance(NumpyFunction):
    """`var` and `nanvar`: the variance over `axis` (None: all axes) of the values for which `where` holds.

    The variance is the mean square distance from the mean, with n - `ddof` (or its other name, `correction`)
    for n. `mean`, if given, is taken as the mean; it broadcasts to x. `nanvar` leaves NaN out. NumPy
    dispatches on x alone: for an array x and a tensor `mean`, `np.nanvar` runs NumPy's own code, which the
    tensor refuses for its `out=`. `mg.ops.basic.nanvar(array, mean)` takes the tensor.

    d/dx = 2 grad (x - mean) / (n - ddof), 0 for NaN; d/dmean = minus that, summed.
    """

    cases: Sequence[Case] = (
        *CASES[:3],
        Case(x=real("4 5"), axis=axis_of("x"), ddof=1),
        Case(x=real("3 4"), axis=1, where=_MASK),
        Case(x=real("3 4"), axis=1, where=_MASK, ddof=1),
        Case(x=real("3 4"), mean=real("3 1"), axis=1, correction=1),
    )
    divides_by_deviation = False

    def __init__(self, function: Any, plain: Any) -> None:
        super().__init__(function)
        self.plain = plain
        self.skips_nan = function is not plain
        self.takes_complex = not self.skips_nan
        self.cases = (*self.cases, MISSING) if self.skips_nan else self.cases

    def forward(
        self,
        ctx: Context,
        x: Array,
        mean: Array | None = None,
        *,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        ddof: float = 0,
        keepdims: bool = False,
        where: Any = True,
        correction: float | None = None,
    ) -> Array:
        given = _check_mean_and_ddof(x.shape, mean, ddof, correction)
        if True in ctx.needs:
            refuse_real_dtype(x, dtype)
        function, mask = self.function, where
        if self.skips_nan and isinstance(mean, Tensor):  # NumPy's nanvar would not dispatch on the mean
            function, mask = self.plain, find_valid(detach(x), where)
        # NumPy would compute in half precision. Here the result is rounded from single precision, like its
        # mean.
        y = function(widen_half(x), axis=axis, dtype=dtype, keepdims=keepdims, where=mask, **given)
        if x.dtype.char == "e" and dtype is None:
            y = y.astype(x.dtype)
        ctx.save(x, mean, axis, given["ddof"], keepdims, where, y if self.divides_by_deviation else None)
        return y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        x, mean, axis, ddof, keepdims, where, deviation = ctx.saved
        if self.skips_nan:
            where = find_valid(detach(x), where)
        # The variance of complex values is real, also in a complex `dtype`.
        grad = widen_half(np.real(grad) if x.dtype.kind == "c" else grad)
        scale = grad * 2 if deviation is None else grad / np.where(deviation > 0, deviation, np.inf)
        distance = _compute_distance(x, mean, axis, ddof, where)
        if mean is None and deviation is not None:
            distance = _center(distance, axis, where)
        slope = restore_axes(scale, axis, x.ndim, keepdims) * distance
        grad_mean = -unbroadcast(slope, np.shape(mean)) if mean is not None and ctx.needs[1] else None
        return (slope if ctx.needs[0] else None, grad_mean)[: len(ctx.needs)]


class StandardDeviation(Variance):
    """`std` and `nanstd`: the square root of the variance; see `var` for the settings.

    d/dx = grad (x - mean) / ((n - ddof) std), 0 for NaN and where std = 0; d/dmean = minus that, summed.
    """

    divides_by_deviation = True


def _check_mean_and_ddof(shape: Any, mean: Any, ddof: float, correction: float | None) -> dict[str, Any]:
    """Return NumPy's arguments `ddof` and, if it was given, `mean`.

    Raises
    ------
    ValueError
        The mean does not broadcast to x, or both `ddof` and `correction` are given.
    """
    size = np.shape(mean)  # () for None
    if len(size) > len(shape) or any(n not in (1, m) for n, m in zip(size[::-1], shape[::-1], strict=False)):
        raise ValueError(
            f"mean has shape {size}, which does not broadcast to {shape}: keep the axes, of size one"
        )
    if correction is not None and ddof:
        raise ValueError("ddof and correction are two names of one argument: give one of them")
    given = {"ddof": ddof if correction is None else correction}
    return given if mean is None else given | {"mean": mean}


def _compute_distance(x: Array, mean: Any, axis: Axis, ddof: float, where: Any) -> Array:
    """Return (x - mean) / (n - ddof), conjugate, zero where `where` is false."""
    x = widen_half(x)
    n = count_values(x.shape, axis) if where is True else _count_where(x.shape, axis, where, x.dtype)
    if mean is None and where is True:
        mean = np.mean(x, axis=axis, keepdims=True)
    elif mean is None:  # without a warning where an axis has no values: `forward` has warned
        mean = np.sum(np.where(where, x, 0), axis=axis, keepdims=True) / n
    distance = x - mean
    if x.dtype.kind == "c":  # not where only the mean is: NumPy takes plain squares then
        distance = np.conjugate(distance)
    if where is True:
        return distance / (n - float(ddof))
    return np.where(where, distance / np.where(n > ddof, n - float(ddof), np.nan), 0)


def _center(distance: Array, axis: Axis, where: Any) -> Array:
    """Return the distances less their mean.

    The computed mean of equal values may differ from the values by a rounding error. The deviation and the
    distances then have the size of this error, and their quotient is near 1 instead of 0.
    """
    mean = np.sum(distance, axis=axis, keepdims=True) / _count_where(
        distance.shape, axis, where, distance.dtype
    )
    return distance - mean if where is True else np.where(where, distance - mean, 0)


mean = Mean(np.mean, skips_nan=False)
nanmean = Mean(np.nanmean, skips_nan=True)
var = Variance(np.var, np.var)
nanvar = Variance(np.nanvar, np.var)
std = StandardDeviation(np.std, np.std)
nanstd = StandardDeviation(np.nanstd, np.std)
