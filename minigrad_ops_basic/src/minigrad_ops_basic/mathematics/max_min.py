"""`max`, `min` and `ptp`. Equal values share the gradient evenly."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from ..axes import Axis, restore_axes
from ..dtypes import widen_half

_CASES = (
    Case(x=real("n k")),
    Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
    Case(x=real("n k m"), axis=(0, -1)),
    Case(x=real("")),
)
_SOME = np.array([True, False, True, True])
_MASKED = Case(x=real("3 4"), axis=1, where=_SOME, initial=0.25)
# Zeros stay equal, however they are rounded.
_TIED = np.array([[0.0, 0.0, -1.0, -2.0], [0.0, 0.0, 1.0, 2.0]])
_MASKED_TIES = [Case(x=_TIED, axis=1, where=_SOME, initial=initial) for initial in (-5.0, 5.0)]


def share_among_ties(grad: Array, x: Array, y: Array, axis: Axis, keepdims: bool, where: Any = True) -> Array:
    """Give `grad` to the values that equal the result `y` (a NaN always does), in even shares; to none if
    `initial` won.
    """
    y, grad = restore_axes(y, axis, x.ndim, keepdims), widen_half(restore_axes(grad, axis, x.ndim, keepdims))
    hit = np.asarray((x == y) | np.isnan(x))
    if where is not True:
        hit = hit & where
    ties = np.maximum(hit.sum(axis=axis, keepdims=True), 1).astype(grad.dtype)
    return np.where(hit, grad / ties, 0)


class Extreme(Operation):
    """`max` and `min`: the maximum or minimum over `axis` (None: all), NaN if any value is.

    d/dx = grad at the maximum or minimum, in even shares for equal ones.

    where, initial: as in NumPy; an `initial` that wins takes the gradient with it.
    """

    takes_complex = True
    cases = (*_CASES, _MASKED, *_MASKED_TIES, Case(x=np.array([[1.0, np.nan], [2.0, -1.0]]), axis=1))

    def __init__(self, function: Any, other: Any, ufunc: np.ufunc) -> None:
        self.name = function.__name__
        self.function = function
        self.implements = (function, other, ufunc.reduce)

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
        return share_among_ties(grad, *ctx.saved)


class Ptp(Operation):
    """The maximum minus the minimum over `axis` (None: all).

    d/dx = grad for the maxima, -grad for the minima.
    """

    name = "ptp"
    implements = (np.ptp,)
    cases = _CASES[:3]

    def forward(self, ctx: Context, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
        high, low = np.max(x, axis=axis, keepdims=keepdims), np.min(x, axis=axis, keepdims=keepdims)
        ctx.save(x, high, low, axis, keepdims)
        return high - low

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient for the maxima, less that for the minima."""
        x, high, low, axis, keepdims = ctx.saved
        return share_among_ties(grad, x, high, axis, keepdims) - share_among_ties(
            grad, x, low, axis, keepdims
        )


max = Extreme(np.max, np.amax, np.maximum)  # noqa: A001 - NumPy's name
min = Extreme(np.min, np.amin, np.minimum)  # noqa: A001 - NumPy's name
ptp = Ptp()
