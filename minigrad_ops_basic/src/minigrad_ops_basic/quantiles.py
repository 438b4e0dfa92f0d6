"""Medians, quantiles and percentiles: weighted means of one or two of the values in order."""

from __future__ import annotations

from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation, Tensor
from minigrad_core.cases import Case, axis_of, real
from minigrad_core.errors import ArgumentError

from .axes import Axis, reduced
from .moving import returned

Floats: TypeAlias = NDArray[np.float64]
_METHODS = ("linear", "lower", "higher", "midpoint", "nearest")
_CASES = (
    Case(x=real("n k")),
    Case(x=real("3 4"), axis=axis_of("x"), keepdims=True),
    Case(x=real("2 3 3"), axis=(0, -1)),
)


class Quantiles(Operation):
    """The rule of all quantiles.

    In order, the quantile q of n values is (1 - t) x_low + t x_high, with low = floor(q (n - 1)), high = low
    + 1 and t what is left, or as `method` says. d/dx_low = grad (1 - t), d/dx_high = grad t. Equal values:
    the first ones in the array count as the smaller ones. NaNs, last in order, are not counted by the `nan`
    functions; elsewhere one NaN makes the result NaN.
    """

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return to the two values in order the gradient times their weights."""
        x, q, axis, method, skip = ctx.saved
        axes = reduced(axis, x.ndim)
        kept = tuple(a for a in range(x.ndim) if a not in axes)
        shape = (*(x.shape[a] for a in kept), prod(x.shape[a] for a in axes))
        lines = np.reshape(np.transpose(_raw(x), kept + axes), shape)
        places = np.reshape(np.transpose(np.arange(x.size).reshape(x.shape), kept + axes), shape)
        places = np.take_along_axis(places, np.argsort(lines, axis=-1, kind="stable"), -1)
        n = np.sum(~np.isnan(lines), axis=-1) if skip else np.full(shape[:-1], shape[-1])
        low, high, t = _between(np.reshape(q, (-1, *(1 for _ in kept))), n, method)
        grads = np.reshape(grad, (np.size(q), *shape[:-1]))
        t = t.astype(grad.dtype)
        positions = [np.take_along_axis(places, np.moveaxis(i, 0, -1), -1) for i in (low, high)]
        moved = [np.moveaxis(grads * weight, 0, -1) for weight in (1 - t, t)]
        both = np.concatenate([np.reshape(m, (-1,)) for m in moved])
        return returned(both, x.shape, np.concatenate([np.ravel(p) for p in positions]))


def _raw(x: Array) -> Any:
    """Return the array of `x`: the order of the values does not vary with them."""
    return x.data if isinstance(x, Tensor) else x


def _between(q: Floats, n: NDArray[np.intp], method: str) -> tuple[Any, Any, Any]:
    """Return the places of the two values in order, and the second's weight, for each quantile and line."""
    place = q * np.maximum(n - 1, 0)
    low = np.floor(place).astype(np.intp)
    high = np.minimum(low + 1, np.maximum(n - 1, 0))
    t: Any = place - low
    if method == "lower":
        t = np.zeros_like(t)
    elif method == "higher":
        t = np.ceil(t)
    elif method == "midpoint":
        t = np.where(t > 0, 0.5, 0.0)
    elif method == "nearest":  # halves to the even place, as in NumPy
        t = np.rint(place) - low
    return low, high, t


class Median(Quantiles):
    """The middle value in order over `axis` (None: all), the mean of the two middle ones for an even number.

    d/dx = grad for the middle value, or half for each of two.
    """

    implements = (np.median,)
    name = "median"
    cases = _CASES
    function: Any = staticmethod(np.median)
    skip = False

    def forward(self, ctx: Context, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
        """Return the median."""
        ctx.save(x, 0.5, axis, "linear", self.skip)
        return self.function(x, axis=axis, keepdims=keepdims)


class NanMedian(Median):
    """The median of the values that are not NaN, over `axis` (None: all).

    d/dx = as for `median`, 0 for NaN.
    """

    implements = (np.nanmedian,)
    name = "nanmedian"
    function = staticmethod(np.nanmedian)
    skip = True


class Quantile(Quantiles):
    """The quantiles `q`, in [0, 1], over `axis` (None: all); an array of them on a new first axis.

    method: between two values "linear", "lower", "higher", "midpoint" or "nearest". d/dx = grad times the
    weights of the two.
    """

    name = "quantile"
    implements = (np.quantile,)
    cases = (
        *(
            Case(x=real("6"), q=q, method=method)
            for q, method in zip((0.3, 0.1, 0.5, 0.7, 0.85), _METHODS, strict=True)
        ),
        Case(x=real("3 4"), q=np.array([0.25, 0.9]), axis=axis_of("x"), keepdims=True),
        Case(x=real("2 3 3"), q=1.0, axis=(0, -1)),
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
    ) -> Array:
        """Return the quantiles."""
        if method not in _METHODS:
            raise ArgumentError(
                f"method {method!r} has no gradient here: expected one of {', '.join(_METHODS)}"
            )
        ctx.save(x, np.asarray(q) / self.whole, axis, method, self.skip)
        y = self.function(x, q, axis=axis, method=method, keepdims=keepdims)
        # float32 stays float32, where NumPy takes on the type of an array q.
        return y.astype(x.dtype) if x.dtype.kind == "f" else y


class NanQuantile(Quantile):
    """The quantiles of the values that are not NaN; see `quantile`. d/dx = as there, 0 for NaN."""

    name = "nanquantile"
    implements = (np.nanquantile,)
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
