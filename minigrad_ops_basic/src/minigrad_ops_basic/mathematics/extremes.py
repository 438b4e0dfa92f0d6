"""`max`, `min`, `nanmax`, `nanmin`, `ptp`, `maximum`, `minimum`, `fmax`, `fmin`. Equal values share grad."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real

from ..axes import Axis, restore_axes
from ..dtypes import detach, widen_half
from ..function import NumpyFunction
from ..nan_safe import find_valid, has_true
from .sums import CASES

_MASK = np.array([True, False, True, True])
# Zeros stay equal, however they are rounded.
_TIED = np.array([[0.0, 0.0, -1.0, -2.0], [0.0, 0.0, 1.0, 2.0]])
_CASES = (
    *CASES,
    Case(x=real("3 4"), axis=1, where=_MASK, initial=0.25),
    *(Case(x=_TIED, axis=1, where=_MASK, initial=initial) for initial in (-5.0, 5.0)),
    Case(x=np.array([[1.0, np.nan], [2.0, -1.0]]), axis=1),
)


class Extreme(NumpyFunction):
    """`max`, `min`, `nanmax` and `nanmin`: the maximum or minimum over `axis` (None: all axes).

    `max` and `min` are NaN if any value is; `nanmax` and `nanmin` leave NaN out.

    d/dx = grad at the maximum or minimum, in even shares for equal values.

    where, initial: as in NumPy; if `initial` is the extreme, the gradient is 0.
    """

    cases = _CASES

    def __init__(self, *implements: Any, skips_nan: bool) -> None:
        super().__init__(*implements)
        self.skips_nan = skips_nan
        self.takes_complex = not skips_nan

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        axis: Axis = None,
        keepdims: bool = False,
        initial: float | None = None,
        where: Any = True,
    ) -> Array:
        extra: dict[str, Any] = {} if initial is None else {"initial": initial}
        if where is not True:
            extra["where"] = where
        y = self.function(x, axis=axis, keepdims=keepdims, **extra)
        ctx.save(x, y, axis, keepdims, where)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y, axis, keepdims, where = ctx.saved
        if self.skips_nan:
            where = find_valid(detach(x), where)
        return _share_among_ties(grad, x, y, axis, keepdims, where)


def _share_among_ties(grad: Array, x: Array, y: Array, axis: Axis, keepdims: bool, where: Any) -> Array:
    """Return `grad` in even shares for the values that equal the result `y` or are NaN, 0 for the others.

    All values get 0 where `y` is the `initial` value.
    """
    y, grad = restore_axes(y, axis, x.ndim, keepdims), widen_half(restore_axes(grad, axis, x.ndim, keepdims))
    hit = (x == y) | np.isnan(x)
    if where is not True:
        hit = hit & where
    ties = np.maximum(hit.sum(axis=axis, keepdims=True), 1).astype(grad.dtype)
    return np.where(hit, grad / ties, 0)


class PeakToPeak(NumpyFunction):
    """The maximum minus the minimum over `axis` (None: all axes).

    d/dx = grad for the maxima, -grad for the minima.
    """

    cases = CASES[:3]

    def forward(self, ctx: Context, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
        high, low = np.max(x, axis=axis, keepdims=keepdims), np.min(x, axis=axis, keepdims=keepdims)
        ctx.save(x, high, low, axis, keepdims)
        return high - low

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, high, low, axis, keepdims = ctx.saved
        grad_maxima, grad_minima = (_share_among_ties(grad, x, y, axis, keepdims, True) for y in (high, low))
        return grad_maxima - grad_minima


class ElementwiseExtreme(NumpyFunction):
    """`maximum`, `minimum`, `fmax` and `fmin`: the larger or smaller of two values.

    If one value is NaN, `maximum` and `minimum` return NaN, `fmax` and `fmin` the other value. The gradient
    goes to the input that is returned, half of it to each at a tie.
    """

    broadcasts = True
    cases = (
        Case(x=real("..."), y=real("...")),
        Case(x=np.array([np.nan, 0.5, 2.0]), y=np.array([1.0, np.nan, -1.0])),
    )

    def __init__(self, ufunc: np.ufunc, comparison: np.ufunc, *, skips_nan: bool) -> None:
        super().__init__(ufunc)
        self.comparison, self.skips_nan = comparison, skips_nan

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return self.function(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        first = self.comparison(x, y)
        if self.skips_nan:
            first = first | (y != y)  # NaN; `np.isnan` refuses a Python number like 10**30
        return _share_tie(grad, first, x == y, ctx.needs)


def _share_tie(
    grad: Array, first: Array, tie: Array, needs: tuple[bool, ...]
) -> tuple[Array | None, Array | None]:
    """Return the gradients of two inputs: grad goes to the first one where `first` holds, half at a `tie`."""
    half = np.where(tie, 0.5 * grad, 0) if has_true(tie) else 0
    return (
        np.where(first, grad, half) if needs[0] else None,
        np.where(first | tie, half, grad) if needs[1] else None,
    )


max = Extreme(np.max, np.amax, np.maximum.reduce, skips_nan=False)  # noqa: A001 - NumPy's name
min = Extreme(np.min, np.amin, np.minimum.reduce, skips_nan=False)  # noqa: A001 - NumPy's name
nanmax = Extreme(np.nanmax, np.fmax.reduce, skips_nan=True)
nanmin = Extreme(np.nanmin, np.fmin.reduce, skips_nan=True)
ptp = PeakToPeak(np.ptp)
maximum = ElementwiseExtreme(np.maximum, np.greater, skips_nan=False)
minimum = ElementwiseExtreme(np.minimum, np.less, skips_nan=False)
fmax = ElementwiseExtreme(np.fmax, np.greater, skips_nan=True)
fmin = ElementwiseExtreme(np.fmin, np.less, skips_nan=True)
