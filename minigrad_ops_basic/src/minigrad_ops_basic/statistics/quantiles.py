"""`median`, `quantile` and `percentile`, and their nan variants."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context
from minigrad_core.cases import Case, axis_of, real

from ..axes import Axis, normalize_axes
from ..dtypes import detach
from ..function import NumpyFunction
from ..gather import scatter_flat

# The (alpha, beta) of each method. The quantile q of n values is at the position
# n q + alpha + q (1 - alpha - beta) - 1 of their order (Hyndman and Fan, Sample quantiles in statistical
# packages, 1996), or at q (n - 1) for (1, 1).
METHODS = {
    **dict.fromkeys(("linear", "lower", "higher", "midpoint", "nearest"), (1, 1)),
    **dict.fromkeys(("inverted_cdf", "averaged_inverted_cdf", "interpolated_inverted_cdf"), (0, 1)),
    "closest_observation": (-0.5, 1.5), "hazen": (0.5, 0.5), "weibull": (0, 0),
    "median_unbiased": (1 / 3, 1 / 3), "normal_unbiased": (3 / 8, 3 / 8),
}  # fmt: skip
_WEIGHTS = np.array([[1.0, 3.0, 0.5, 2.0], [0.0, 1.0, 4.0, 0.5]])
_MISSING = np.array([[0.5, np.nan, -1.25, 2.0], [1.5, -0.75, np.nan, 0.25]])
_MEDIAN_CASES = (
    Case(x=real("n k")),
    Case(x=real("3 4"), axis=axis_of("x"), keepdims=True),
    Case(x=real("2 3 3"), axis=(0, -1)),
)
_PERCENTILE_CASES = (
    Case(x=real("5"), q=30.0),
    Case(x=real("3 4"), q=np.array([25.0, 90.0]), axis=axis_of("x"), keepdims=True),
)
_NAN_PERCENTILE_CASES = (*_PERCENTILE_CASES, Case(x=np.zeros((3, 0)), q=np.array([25.0, 90.0]), axis=1))
_QUANTILE_CASES = (
    *(
        # Six values: exact positions (0.4 times 5, 0.5 times 6, 0.75 times 6 less 1.5), halves, and others.
        Case(x=real("6"), q=np.array([0.25, 0.4, 0.5, 0.7, 0.75]), method=method)
        for method in METHODS
    ),
    Case(x=real("3 4"), q=np.array([0.25, 0.9]), axis=axis_of("x"), keepdims=True),
    Case(x=real("2 3 3"), q=1.0, axis=(0, -1)),
    Case(x=real("2 4"), q=np.array([0.3, 0.6]), axis=1, method="inverted_cdf", weights=_WEIGHTS),
    Case(x=real("2 4"), q=np.array([[0.3, 0.6], [0.2, 0.9]]), axis=1),
    Case(x=np.array([1, 2, 4]), q=0.3),
    Case(x=real("1 3"), q=0.3, method="inverted_cdf", weights=_WEIGHTS[:1, :3]),
    Case(x=np.array([0.5, 1.5, 2.5]), q=0.0, axis=0, method="inverted_cdf", weights=[0, 3, 1]),
    Case(
        x=real("2 3 4"),
        q=0.4,
        axis=(2, 0),
        method="inverted_cdf",
        weights=np.arange(8.0).reshape(4, 2) % 3 + 1,
    ),
    Case(
        x=real("2 3 1 4"),
        q=np.array([0.3, 0.6]),
        axis=(3, 0),
        method="inverted_cdf",
        keepdims=True,
        weights=np.arange(24.0).reshape(2, 3, 1, 4) % 7 + 1,
    ),
)
_NAN_QUANTILE_CASES = (
    *_QUANTILE_CASES,
    Case(x=_MISSING, q=0.3, axis=1),
    Case(x=_MISSING, q=0.3, axis=1, method="inverted_cdf", weights=_WEIGHTS),
)


class SortedStatistic(NumpyFunction):
    """The rule of all quantiles.

    The quantile q of n values in ascending order is (1 - t) x_low + t x_high, with low = floor(q (n - 1)),
    high = low + 1 and t the rest of q (n - 1), or as `method` says. d/dx_low = grad (1 - t), d/dx_high = grad
    t. If values are equal, the earlier one in the array counts as the smaller one. NaNs are last in order.
    The nan functions do not count them; for the other functions, one NaN makes the result NaN. A weighted
    quantile is one of the values, and this value gets the whole gradient.
    """

    def __init__(
        self, function: Any, cases: tuple[Case, ...], *, skips_nan: bool = False, whole: int = 1
    ) -> None:
        super().__init__(function)
        self.skips_nan, self.whole = skips_nan, whole
        self.cases = cases

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, q, axis, method, weights = ctx.saved
        if not x.size:
            return np.zeros_like(x)
        axes = normalize_axes(axis, x.ndim)
        lines = _to_lines(detach(x), axes)
        order = np.argsort(lines, kind="stable")
        places = np.take_along_axis(_to_lines(np.arange(x.size).reshape(x.shape), axes), order, -1)
        counted = ~np.isnan(lines) if self.skips_nan else np.ones(lines.shape, bool)
        column = np.reshape(q, (-1, *(1 for _ in lines.shape[1:])))
        if weights is None:
            low, high, t = _find_neighbours(column, np.sum(counted, axis=-1), method)
        else:
            line_weights = _to_lines(_spread_weights(weights, x.shape, axes), axes) * counted
            low = high = _find_by_weight(column, np.take_along_axis(line_weights, order, -1))
            t = np.zeros(low.shape)
        grads = np.reshape(grad, (np.size(q), *lines.shape[:-1]))
        positions = [np.take_along_axis(places, np.moveaxis(i, 0, -1), -1) for i in (low, high)]
        t = t.astype(grad.dtype)
        moved = [np.moveaxis(grads * share, 0, -1) for share in (1 - t, t)]
        both = np.concatenate([np.reshape(m, (-1,)) for m in moved])
        return scatter_flat(both, x.shape, np.concatenate([np.ravel(p) for p in positions]))


def _to_lines(x: Any, axes: tuple[int, ...]) -> Any:
    """Return `x` with `axes` joined into one last axis."""
    kept = tuple(a for a in range(x.ndim) if a not in axes)
    shape = (*(x.shape[a] for a in kept), prod(x.shape[a] for a in axes))
    return np.reshape(np.transpose(x, kept + axes), shape)


def _spread_weights(weights: Any, shape: tuple[int, ...], axes: tuple[int, ...]) -> Any:
    """Return weights of `shape`, given such weights, or one for each index of the axes."""
    if weights.shape == shape:
        return weights
    ordered = np.transpose(weights, np.argsort(axes))
    return np.broadcast_to(np.expand_dims(ordered, tuple(set(range(len(shape))) - set(axes))), shape)


def _find_neighbours(q: NDArray[np.float64], n: NDArray[np.intp], method: str) -> tuple[Any, Any, Any]:
    """Return the positions of the two neighbours in order, and the second's weight, for each q and line."""
    alpha, beta = METHODS[method]
    last = np.maximum(n - 1, 0)
    position = q * last if alpha == beta == 1 else n * q + (alpha + q * (1 - alpha - beta)) - 1
    low = np.floor(position)
    t: Any = position - low
    if method == "lower":
        t = np.zeros_like(t)
    elif method in ("higher", "inverted_cdf"):
        t = np.ceil(t)
    elif method == "midpoint":
        t = np.where(t > 0, 0.5, 0.0)
    elif method == "averaged_inverted_cdf":
        t = np.where(t > 0, 1.0, 0.5)
    elif method == "nearest":  # halves to the even position, as in NumPy
        t = np.rint(position) - low
    elif method == "closest_observation":  # halves to the even position, counted from one
        t = np.where((t == 0) & (low % 2 == 1), 0.0, 1.0)
    low, high = (np.clip(i, 0, last).astype(np.intp) for i in (low, low + 1))
    return low, high, t


def _find_by_weight(q: NDArray[np.float64], weights: NDArray[Any]) -> NDArray[np.intp]:
    """Return the first position at which the cumulative share of the weights reaches q, for each q and line.

    q: broadcasts against the lines; weights: (lines, n), in the order of the values.
    """
    share = np.cumsum(weights, axis=-1, dtype=np.float64)
    share /= share[..., -1:]
    share[share == 0] = -1  # a value without weight is not a quantile, not even for q = 0
    return np.sum(share < q[..., None], axis=-1)


class Median(SortedStatistic):
    """`median` and `nanmedian`: the middle value in order over `axis` (None: all axes).

    For an even number of values it is the mean of the two middle ones. `nanmedian` leaves NaN out.

    d/dx = grad for the middle value, or half of grad for each of two; 0 for NaN.
    """

    def forward(self, ctx: Context, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
        ctx.save(x, 0.5, axis, "linear", None)
        return self.function(x, axis=axis, keepdims=keepdims)


class Quantile(SortedStatistic):
    """`quantile`, `percentile` and their nan variants: the quantiles `q` over `axis` (None: all axes).

    q: in [0, 1], for percentiles in [0, 100]; the result has the axes of q in front. method: NumPy's name of
    the rule for quantiles between two values. weights: how much each value counts, of the shape of x or one
    for each index of the axis, with the method "inverted_cdf" alone. The nan variants leave NaN out.

    d/dx = grad times the shares of the two neighbours; 0 for NaN.
    """

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        q: Any,
        axis: Axis = None,
        method: Any = "linear",
        keepdims: bool = False,
        weights: Any = None,
    ) -> Array:
        weights = None if weights is None else np.asarray(weights)
        shape = np.shape(q)
        q = np.ravel(q) if shape else q  # NumPy's nanquantile moves the wrong axes of a q with several axes
        if weights is not None and isinstance(axis, tuple):
            y = self._join_axes(x, q, normalize_axes(axis, x.ndim), weights, method, keepdims)
        else:
            y = self.function(x, q, axis=axis, method=method, keepdims=keepdims, weights=weights)
        ctx.save(x, np.asarray(q) / self.whole, axis, method, weights)
        if shape and (x.size or not self.skips_nan):  # NumPy's nanquantile of no values has no axes of q
            y = np.reshape(y, shape + np.shape(y)[1:])
        # float32 stays float32, where NumPy takes on the type of an array q.
        return y.astype(x.dtype) if x.dtype.kind == "f" else y

    def _join_axes(
        self, x: Array, q: Any, axes: tuple[int, ...], weights: Any, method: Any, keepdims: bool
    ) -> Array:
        """Return weighted quantiles over several axes, joined into one: NumPy before 2.4 mixes weights up."""
        lines, line_weights = (_to_lines(a, axes) for a in (x, _spread_weights(weights, x.shape, axes)))
        y = self.function(lines, q, axis=-1, method=method, weights=line_weights)
        return np.expand_dims(y, tuple(a + np.ndim(q) for a in axes)) if keepdims else y


median = Median(np.median, _MEDIAN_CASES)
nanmedian = Median(np.nanmedian, _MEDIAN_CASES, skips_nan=True)
quantile = Quantile(np.quantile, _QUANTILE_CASES)
nanquantile = Quantile(np.nanquantile, _NAN_QUANTILE_CASES, skips_nan=True)
percentile = Quantile(np.percentile, _PERCENTILE_CASES, whole=100)
nanpercentile = Quantile(np.nanpercentile, _NAN_PERCENTILE_CASES, whole=100, skips_nan=True)
