"""`median`, `quantile`, `percentile` and their kin: weighted means of one or two of the sorted values."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from ..axes import Axis, normalize_axes
from ..dtypes import detach
from ..gather import scatter_flat
from .quantile_methods import METHODS, find_by_weight, find_neighbours

_WEIGHTS = np.array([[1.0, 3.0, 0.5, 2.0], [0.0, 1.0, 4.0, 0.5]])
_MISSING = np.array([[0.5, np.nan, -1.25, 2.0], [1.5, -0.75, np.nan, 0.25]])
_CASES = (
    Case(x=real("n k")),
    Case(x=real("3 4"), axis=axis_of("x"), keepdims=True),
    Case(x=real("2 3 3"), axis=(0, -1)),
)


class SortedStatistic(Operation):
    """The rule of all quantiles.

    In order, the quantile q of n values is (1 - t) x_low + t x_high, with low = floor(q (n - 1)), high = low
    + 1 and t what is left, or as `method` says. d/dx_low = grad (1 - t), d/dx_high = grad t. Equal values:
    the first ones in the array count as the smaller ones. NaNs, last in order, are not counted by the `nan`
    functions; elsewhere one NaN makes the result NaN. With weights it is one of the values, which has the
    gradient.
    """

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return to the two values in order the gradient times their weights."""
        x, q, axis, method, skip, weights = ctx.saved
        if not x.size:
            return np.zeros_like(x)
        axes = normalize_axes(axis, x.ndim)
        kept = tuple(a for a in range(x.ndim) if a not in axes)
        shape = (*(x.shape[a] for a in kept), prod(x.shape[a] for a in axes))

        def in_lines(a: Any) -> Any:
            return np.reshape(np.transpose(a, kept + axes), shape)

        lines = in_lines(detach(x))
        order = np.argsort(lines, kind="stable")
        places = np.take_along_axis(in_lines(np.arange(x.size).reshape(x.shape)), order, -1)
        counted = ~np.isnan(lines) if skip else np.ones(shape, bool)
        column = np.reshape(q, (-1, *(1 for _ in kept)))
        if weights is None:
            low, high, t = find_neighbours(column, np.sum(counted, axis=-1), method)
        else:
            heavy = in_lines(_spread_weights(weights, x.shape, axes)) * counted
            low = high = find_by_weight(column, np.take_along_axis(heavy, order, -1))
            t = np.zeros(low.shape)
        grads = np.reshape(grad, (np.size(q), *shape[:-1]))
        positions = [np.take_along_axis(places, np.moveaxis(i, 0, -1), -1) for i in (low, high)]
        t = t.astype(grad.dtype)
        moved = [np.moveaxis(grads * share, 0, -1) for share in (1 - t, t)]
        both = np.concatenate([np.reshape(m, (-1,)) for m in moved])
        return scatter_flat(both, x.shape, np.concatenate([np.ravel(p) for p in positions]))


def _spread_weights(weights: Any, shape: tuple[int, ...], axes: tuple[int, ...]) -> Any:
    """Return weights of the array's shape, given those or one for each place on the axes."""
    if weights.shape == shape:
        return weights
    ordered = np.transpose(weights, np.argsort(axes))
    return np.broadcast_to(np.expand_dims(ordered, tuple(set(range(len(shape))) - set(axes))), shape)


class Median(SortedStatistic):
    """The middle value in order over `axis` (None: all), the mean of the two middle ones for an even number.

    d/dx = grad for the middle value, or half for each of two.
    """

    implements = (np.median,)
    name = "median"
    cases = _CASES
    function: Any = staticmethod(np.median)
    skip = False

    def forward(self, ctx: Context, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
        ctx.save(x, 0.5, axis, "linear", self.skip, None)
        return self.function(x, axis=axis, keepdims=keepdims)


class NanMedian(Median):
    """The median of the values that are not NaN, over `axis` (None: all).

    d/dx = as for `median`, 0 for NaN.
    """

    implements = (np.nanmedian,)
    name = "nanmedian"
    function = staticmethod(np.nanmedian)
    skip = True


class Quantile(SortedStatistic):
    """The quantiles `q`, in [0, 1], over `axis` (None: all); an array of them on a new first axis.

    method: NumPy's, which say what lies between two values. weights: how much each value counts, of x's shape
    or one for each place on the axis; with "inverted_cdf" alone. d/dx = grad times the shares of the two.
    """

    name = "quantile"
    implements = (np.quantile,)
    cases = (
        *(
            Case(x=real("6"), q=q, method=method)
            for q, method in zip(
                (0.3, 0.1, 0.5, 0.7, 0.85, 0.4, 0.5, 0.45, 0.25, 0.55, 0.75, 0.6, 0.2), METHODS, strict=True
            )
        ),
        Case(x=real("3 4"), q=np.array([0.25, 0.9]), axis=axis_of("x"), keepdims=True),
        Case(x=real("2 3 3"), q=1.0, axis=(0, -1)),
        Case(x=real("2 4"), q=np.array([0.3, 0.6]), axis=1, method="inverted_cdf", weights=_WEIGHTS),
        Case(x=real("2 4"), q=np.array([[0.3, 0.6], [0.2, 0.9]]), axis=1),
        Case(x=np.array([1, 2, 4]), q=0.3),
        Case(x=real("1 3"), q=0.3, method="inverted_cdf", weights=_WEIGHTS[:1, :3]),
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
    function: Any = staticmethod(np.quantile)
    whole = 1
    skip = False

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
        given = None if weights is None else np.asarray(weights)
        several = np.shape(q)
        q = np.ravel(q) if several else q  # of more axes than one, NumPy's nanquantile moves the wrong ones
        if given is not None and isinstance(axis, tuple):
            y = self._over_axes(x, q, normalize_axes(axis, x.ndim), given, method, keepdims)
        else:
            y = self.function(x, q, axis=axis, method=method, keepdims=keepdims, weights=weights)
        ctx.save(x, np.asarray(q) / self.whole, axis, method, self.skip, given)
        y = np.reshape(y, several + np.shape(y)[1:]) if several else y
        # float32 stays float32, where NumPy takes on the type of an array q.
        return y.astype(x.dtype) if x.dtype.kind == "f" else y

    def _over_axes(
        self, x: Array, q: Any, axes: tuple[int, ...], weights: Any, method: Any, keepdims: bool
    ) -> Array:
        """Return the weighted quantiles over several axes made one: NumPy before 2.4 mixed the weights up."""
        kept = tuple(a for a in range(x.ndim) if a not in axes)
        shape = (*(x.shape[a] for a in kept), prod(x.shape[a] for a in axes))
        lines, heavy = (
            np.reshape(np.transpose(a, kept + axes), shape)
            for a in (x, _spread_weights(weights, x.shape, axes))
        )
        y = self.function(lines, q, axis=-1, method=method, weights=heavy)
        return np.expand_dims(y, tuple(a + np.ndim(q) for a in axes)) if keepdims else y


class NanQuantile(Quantile):
    """The quantiles of the values that are not NaN; see `quantile`. d/dx = as there, 0 for NaN."""

    name = "nanquantile"
    implements = (np.nanquantile,)
    cases = (
        *Quantile.cases,
        Case(x=_MISSING, q=0.3, axis=1),
        Case(x=_MISSING, q=0.3, axis=1, method="inverted_cdf", weights=_WEIGHTS),
    )
    function = staticmethod(np.nanquantile)
    skip = True


class Percentile(Quantile):
    """The percentiles `q`, in [0, 100]; see `quantile`. d/dx = as there."""

    name = "percentile"
    implements = (np.percentile,)
    cases = (
        Case(x=real("5"), q=30.0),
        Case(x=real("3 4"), q=np.array([25.0, 90.0]), axis=axis_of("x"), keepdims=True),
    )
    function = staticmethod(np.percentile)
    whole = 100


class NanPercentile(Percentile):
    """The percentiles of the values that are not NaN; see `quantile`. d/dx = as there, 0 for NaN."""

    name = "nanpercentile"
    implements = (np.nanpercentile,)
    function = staticmethod(np.nanpercentile)
    skip = True


median = Median()
nanmedian = NanMedian()
quantile = Quantile()
nanquantile = NanQuantile()
percentile = Percentile()
nanpercentile = NanPercentile()
