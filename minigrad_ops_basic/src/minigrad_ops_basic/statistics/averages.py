"""`average`, `cov` and `corrcoef`."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context
from minigrad_core.cases import Case, axis_of, positive, real

from ..axes import normalize_axes, restore_axes
from ..composite import Composite
from ..dtypes import cast, find_floating_type, promote, widen_half
from ..function import NumpyFunction
from .means import pull_back_mean


class Average(NumpyFunction):
    """The average over `axis` (None: all axes) with `weights` (None: equal weights).

    weights: of the shape of x, or one for each index of the axis. returned: return the sum of the weights,
    too.

    d/dx = grad w / sum(w); d/dw = grad (x - average) / sum(w).
    """

    takes_complex = True
    cases = (
        Case(x=real("n k")),
        Case(x=real("2 3"), weights=positive("2 3"), axis=axis_of("x"), keepdims=True),
        Case(x=real("2 3"), weights=positive("3"), axis=1),
        Case(x=real("2 3"), weights=positive("2 3"), returned=True),
        Case(x=real("2 3"), axis=0, keepdims=True, returned=True),
        Case(x=real("2 3 4"), weights=positive("3"), axis=1),
        Case(x=real("2 3 4"), weights=positive("4 2"), axis=(2, 0)),
        Case(x=real("2 3"), weights=positive("3 2"), axis=(1, 0)),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        weights: Array | None = None,
        *,
        axis: Any = None,
        keepdims: bool = False,
        returned: bool = False,
    ) -> Any:
        axes = tuple(axis) if isinstance(axis, list) else axis
        ctx.save(x, weights, axes, keepdims)
        if weights is None:
            mean = np.mean(x, axis=axes, keepdims=keepdims)
            return (mean, np.full(mean.shape, x.size / max(mean.size, 1), mean.dtype)) if returned else mean
        dtype = np.result_type(x, weights, *(() if x.dtype.kind in "fc" else (np.float64,)))
        result = np.average(widen_half(x), axes, widen_half(weights), returned, keepdims=keepdims)  # type: ignore[call-overload]
        return tuple(cast(y, dtype) for y in result) if returned else cast(result, dtype)

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array | None, ...]:
        x, weights, axis, keepdims = ctx.saved
        if weights is None:
            return (pull_back_mean(grad, x.shape, axis, keepdims, True),)
        x, w, axes = widen_half(x), widen_half(weights), normalize_axes(axis, x.ndim)
        others = tuple(set(range(x.ndim)) - set(axes))
        whole = w.shape == x.shape  # as in NumPy; else there is one weight for each index of the axes
        if not whole:
            w = np.expand_dims(np.transpose(w, np.argsort(axes)), others)
        total = np.sum(w, axis=axes, keepdims=True)
        share = restore_axes(grad, axis, x.ndim, keepdims) / total
        grad_x = share * w if ctx.needs[0] else None
        if not ctx.needs[1]:
            return grad_x, None
        slope = share * (x - np.sum(x * w, axis=axes, keepdims=True) / total)
        if grads:
            slope = slope + restore_axes(grads[0], axis, x.ndim, keepdims)
        if not whole:
            slope = np.transpose(np.sum(slope, axis=others), np.argsort(np.argsort(axes)))
        return grad_x, slope


@cache
def _is_single_row_transposed() -> bool:
    """Return whether `cov` takes a matrix (1, n) as n columns if `rowvar` is false, as since NumPy 2.2."""
    return np.ndim(np.cov(np.zeros((1, 2)), rowvar=False, bias=True)) == 2


def _arrange_rows(x: Any, rowvar: bool, *, single: bool) -> Array:
    """Return x with a variable in each row; `single`: whether a matrix (1, n) has n variables."""
    rows = np.atleast_2d(x)
    return rows if rowvar or (rows.shape[0] == 1 and not (single and x.ndim == 2)) else rows.T


def _compute_covariance(
    x: Any,
    y: Any = None,
    aweights: Any = None,
    *,
    rowvar: bool,
    ddof: float | None,
    bias: bool,
    fweights: Any = None,
) -> Array:
    rows = widen_half(_arrange_rows(x, rowvar, single=_is_single_row_transposed()))
    if y is not None:
        rows = np.concatenate([rows, _arrange_rows(y, rowvar, single=False)])
    correction = (0 if bias else 1) if ddof is None else ddof
    if fweights is None and aweights is None:
        distance = rows - np.mean(rows, axis=1, keepdims=True)
        product = distance @ distance.T / (rows.shape[1] - correction)
    else:
        if aweights is not None:  # the squares of int8 weights would wrap around
            rows, aweights = promote(rows, aweights)
        times = 1 if fweights is None else np.asarray(fweights).astype(rows.dtype)
        w = times if aweights is None else times * aweights
        total = np.sum(w)
        distance = rows - np.sum(rows * w, axis=1, keepdims=True) / total
        mean_weight = 1 if aweights is None else np.sum(w * aweights) / total
        product = distance @ (distance * w).T / (total - correction * mean_weight)
    return np.reshape(product, ()) if product.shape == (1, 1) else product


def _compute_correlation(x: Any, y: Any = None, *, rowvar: bool) -> Array:
    c = _compute_covariance(x, y, rowvar=rowvar, ddof=None, bias=False)
    if c.ndim == 0:
        return c / c
    deviation = np.sqrt(np.diagonal(c))
    return c / deviation / np.expand_dims(deviation, 1)


class Cov(Composite):
    """The covariances of the rows of x and y (`rowvar` False: of the columns), with n - 1 for n.

    bias: n for n - 1; ddof: n - `ddof`. fweights: how often each observation counts; aweights: its weight.

    d/dx = (grad + grad^T) (x - mean) / (n - 1); with weights the derivative of NumPy's formula.
    """

    cases = (
        Case(x=real("2 4")),
        Case(x=real("4 2"), rowvar=False, bias=True),
        Case(x=real("5"), ddof=0),
        Case(x=real("5"), rowvar=False),
        Case(x=real("2 4"), aweights=positive("4")),
        Case(x=real("4"), y=real("2 4")),
        Case(x=real("2 4"), aweights=positive("4"), fweights=np.array([1, 3, 1, 2])),
        Case(x=real("2 4"), aweights=np.array([17, 1, 2, 16], np.uint8)),
        Case(x=real("2 3"), fweights=np.array([1, 3, 2]), bias=True),
        Case(x=real("2 3"), fweights=np.array([1, 3, 2])),
        Case(x=real("1 3"), rowvar=False, bias=True),
        Case(x=real("3"), y=real("1 3"), rowvar=False),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        y: Array | None = None,
        aweights: Array | None = None,
        *,
        rowvar: bool = True,
        bias: bool = False,
        ddof: float | None = None,
        fweights: Any = None,
        dtype: DTypeLike | None = None,
    ) -> Array:
        settings: dict[str, Any] = {"rowvar": rowvar, "bias": bias, "ddof": ddof, "fweights": fweights}
        ctx.save(_compute_covariance, (x, y, aweights), settings)
        kind = find_floating_type(x, y)
        result = np.cov(x, y, aweights=aweights, **settings, dtype=dtype)
        return result if dtype else result.astype(kind, copy=False)  # NumPy computes in double precision


class Corrcoef(Composite):
    """The correlation coefficients of the rows of x and y (`rowvar` False: of the columns).

    d/dx = the derivative of c_ij / sqrt(c_ii c_jj), with the covariances c.
    """

    cases = (Case(x=real("2 4")), Case(x=real("4 3"), rowvar=False), Case(x=real("4"), y=real("4")))

    def forward(
        self,
        ctx: Context,
        x: Array,
        y: Array | None = None,
        *,
        rowvar: bool = True,
        dtype: DTypeLike | None = None,
    ) -> Array:
        ctx.save(_compute_correlation, (x, y), {"rowvar": rowvar})
        kind = find_floating_type(x, y)
        result = np.corrcoef(x, y, rowvar=rowvar, dtype=dtype)
        return result if dtype else result.astype(kind, copy=False)


average = Average(np.average)
cov = Cov(np.cov)
corrcoef = Corrcoef(np.corrcoef)
