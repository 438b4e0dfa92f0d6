"""`interp`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, between, real

from ..composite import Composite
from ..dtypes import cast, detach, find_floating_type

_POINTS = np.array([-1.0, -0.25, 0.5, 2.0])
_BYTES = np.array([-1, 1, 2], np.int8)


def _interpolate(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, *, period: float | None = None
) -> Array:
    x, xp, fp = (cast(a, find_floating_type(x, xp, fp)) for a in (x, xp, fp))
    if period is not None:  # sorted within one period, with a point of the next period on both sides
        period = abs(period)
        x, xp = np.remainder(x, period), np.remainder(xp, period)
        order = np.argsort(xp)
        order = np.concatenate([order[-1:], order, order[:1]])
        away = np.zeros(order.shape, xp.dtype)
        away[0], away[-1] = -period, period
        xp, fp = xp[order] + away, fp[order]
        left = right = None
    positions, points = (np.asarray(detach(a)) for a in (x, xp))
    last = points.shape[0] - 1
    if not last or points[0] == points[last]:
        inside = fp[last]
    else:
        i = np.maximum(np.searchsorted(points, np.fmax(positions, points[0]), side="right") - 1, 0)
        below = np.minimum(i, np.searchsorted(points, points[last]) - 1)  # the last line ends at points[last]
        slope = (fp[below + 1] - fp[below]) / (xp[below + 1] - xp[below])
        inside = fp[i] + slope * (x - xp[i])
    inside = np.where(positions < points[0], fp[0] if left is None else left, inside)
    return np.where(positions > points[-1], fp[-1] if right is None else right, inside)


class Interp(Composite):
    """The values at x of the piecewise linear function through the points (xp, fp), with xp ascending.

    left, right: the values before and after the points, fp[0] and fp[-1] by default. period: the function is
    periodic, and xp may be in any order. The result for a NaN among xp depends on its position in xp. float32
    stays float32, where NumPy gives double precision.

    d/dx = grad times the slope, at a point the slope on its right, at the last one on its left, also where
    points are equal; d/dfp = grad
    times the weights of the two neighbours.
    """

    cases = (
        Case(x=between(-2, 3, "n"), xp=_POINTS, fp=real("4")),
        Case(x=between(-2, 3, "2 3"), xp=_POINTS, fp=real("4"), left=real(""), right=real("")),
        Case(x=between(-9, 9, "5"), xp=_POINTS[::-1], fp=real("4"), period=3.5),
        Case(x=between(-9, 9, "15"), xp=_POINTS[::-1], fp=real("4"), period=-3.5),
        Case(x=_BYTES, xp=_BYTES, fp=real("3"), left=real(""), right=real("")),
        Case(x=1, xp=_POINTS[:1], fp=real("1")),
        Case(x=np.array([-2.0, -1.0, 0.5]), xp=_POINTS[[0, 0]], fp=real("2")),
        Case(x=between(-2, 3, "n"), xp=_POINTS[[0, 1, 1]], fp=real("3")),
        Case(x=np.array([0, 1]), xp=np.array([-1, 0, 1, 2]), fp=np.array([1, 3, 2, 5])),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        xp: Array,
        fp: Array,
        left: Array | None = None,
        right: Array | None = None,
        *,
        period: float | None = None,
    ) -> Array:
        ctx.save(_interpolate, (x, xp, fp, left, right), {"period": period})
        dtype = np.result_type(x, fp)  # x may be a Python number
        dtype = dtype if dtype.kind in "fc" else np.dtype(np.float64)
        return np.interp(x, xp, fp, left, right, period).astype(dtype, copy=False)  # type: ignore[arg-type,misc]  # NumPy's stub knows no tensor


interp = Interp(np.interp)
