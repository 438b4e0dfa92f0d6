"""`mean`, `var` and `std`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context, Operation
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, axis_of, real

from ..axes import Axis, count_values, restore_axes
from ..dtypes import widen_half
from ..mathematics.sums import CASES, spread


class Mean(Operation):
    """The mean over `axis` (None: all), of the values for which `where` holds.

    d/dx = grad / n, spread over the axis.
    """

    name = "mean"
    implements = (np.mean,)
    takes_complex = True
    cases = (*CASES, Case(x=real("2 3"), axis=1, where=np.array([[True, False, True], [False, True, False]])))

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
        ctx.save(x.shape, axis, keepdims, where)
        return np.mean(x, axis=axis, dtype=dtype, keepdims=keepdims, where=where)

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


class Var(Operation):
    """The variance over `axis` (None: all), of the values for which `where` holds.

    That is their mean square distance from the mean, with n - `ddof` (or, by its other name, `correction`)
    for n. A `mean` that is at hand is taken as it is; it broadcasts to x.
    d/dx = 2 grad (x - mean) / (n - ddof); d/dmean = minus that, summed.
    """

    name = "var"
    implements = (np.var,)
    takes_complex = True
    cases = (
        *CASES[:3],
        Case(x=real("4 5"), axis=axis_of("x"), ddof=1),
        Case(x=real("3 4"), axis=1, where=np.array([True, False, True, True])),
        Case(x=real("3 4"), axis=1, where=np.array([True, False, True, True]), ddof=1),
        Case(x=real("3 4"), mean=real("3 1"), axis=1, correction=1),
    )

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
        settings = check_variance_settings(x.shape, mean, ddof, correction) | {
            "axis": axis,
            "keepdims": keepdims,
        }
        ctx.save(x, mean, axis, settings["ddof"], keepdims, where)
        return apply_in_single(np.var, x, dtype, where=where, **settings)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return the gradients of the values and, if it was given, of the mean."""
        return pull_back_variance(ctx.needs, grad, *ctx.saved)


class Std(Operation):
    """The square root of the variance, over `axis` (None: all), of the values for which `where` holds; see
    `var`.

    d/dx = grad (x - mean) / ((n - ddof) std), 0 where std = 0; d/dmean = minus that, summed.
    """

    name = "std"
    implements = (np.std,)
    takes_complex = True
    cases = Var.cases

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
        settings = check_variance_settings(x.shape, mean, ddof, correction) | {
            "axis": axis,
            "keepdims": keepdims,
        }
        y = apply_in_single(np.std, x, dtype, where=where, **settings)
        ctx.save(x, mean, axis, settings["ddof"], keepdims, where, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return the gradients of the values and, if it was given, of the mean."""
        return pull_back_variance(ctx.needs, grad, *ctx.saved)


def pull_back_variance(
    needs: Sequence[bool],
    grad: Array,
    x: Array,
    mean: Any,
    axis: Axis,
    ddof: float,
    keepdims: bool,
    where: Any,
    deviation: Any = None,
) -> tuple[Array | None, ...]:
    """Return for x twice its distance from the mean, or that in deviations; for the mean, minus its sum."""
    grad = widen_half(grad)
    scale = grad * 2 if deviation is None else grad / np.where(deviation > 0, deviation, np.inf)
    slope = restore_axes(scale, axis, x.ndim, keepdims) * _compute_distance(x, mean, axis, ddof, where)
    for_mean = -unbroadcast(slope, np.shape(mean)) if mean is not None and needs[1] else None
    return (slope, for_mean)[: len(needs)]


def apply_in_single(function: Any, x: Array, dtype: DTypeLike | None, **settings: Any) -> Array:
    """Return the function of x; where NumPy would compute in half precision, rounded from single precision,
    as NumPy's own mean is.
    """
    y = function(widen_half(x), dtype=dtype, **settings)
    return y.astype(x.dtype) if x.dtype.char == "e" and dtype is None else y


def check_variance_settings(shape: Any, mean: Any, ddof: float, correction: float | None) -> dict[str, Any]:
    """Return NumPy's arguments for a mean that may be given, and a correction that has two names."""
    size = np.shape(mean)  # of None, ()
    if len(size) > len(shape) or any(n not in (1, m) for n, m in zip(size[::-1], shape[::-1], strict=False)):
        raise ValueError(
            f"mean has shape {size}, which does not broadcast to {shape}: keep the axes, of size one"
        )
    if correction is not None and ddof:
        raise ValueError("ddof and correction are one thing: give one of them")
    given = {"ddof": ddof if correction is None else correction}
    return given if mean is None else given | {"mean": mean}


def _compute_distance(x: Array, mean: Any, axis: Axis, ddof: float, where: Any) -> Array:
    """Return (x - mean) / (n - ddof), conjugate, zero where `where` is false."""
    x = widen_half(x)
    n = count_values(x.shape, axis) if where is True else _count_where(x.shape, axis, where, x.dtype)
    if mean is None and where is True:
        mean = np.mean(x, axis=axis, keepdims=True)
    elif mean is None:  # in silence where nothing is left of an axis: `forward` has warned
        mean = np.sum(np.where(where, x, 0), axis=axis, keepdims=True) / n
    distance = x - mean
    if x.dtype.kind == "c":  # not where only the mean is: NumPy takes plain squares then
        distance = np.conjugate(distance)
    if where is True:
        return distance / (n - float(ddof))
    return np.where(where, distance / np.where(n > ddof, n - float(ddof), np.nan), 0)


mean = Mean()
var = Var()
std = Std()
