"""Values between points."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Tensor
from minigrad_core.cases import Case, between, real

from .composition import Composed

_POINTS = np.array([-1.0, -0.25, 0.5, 2.0])


def _interpolated(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Array:
    at, points = (a.numpy() if isinstance(a, Tensor) else np.asarray(a) for a in (x, xp))
    last = points.shape[0] - 1
    if last == 0:
        inside = fp[np.zeros(at.shape, int)] + 0 * x
    else:
        i = np.clip(np.searchsorted(points, at, side="right") - 1, 0, last - 1)
        below, above = xp[i], xp[i + 1]
        inside = fp[i] + (fp[i + 1] - fp[i]) * ((x - below) / (above - below))
    inside = np.where(at < points[0], fp[0] if left is None else left, inside)
    return np.where(at > points[-1], fp[-1] if right is None else right, inside)


class Interp(Composed):
    """The values at x of the polygon through the points (xp, fp), xp ascending; `left` (fp[0]) before and
    `right` (fp[-1]) behind it.

    d/dx = grad times the slope, at a point the one on the right; d/dfp = grad times the closeness to the
    points on both sides.
    """

    name = "interp"
    implements = (np.interp,)
    cases = (
        Case(x=between(-2, 3, "n"), xp=_POINTS, fp=real("4")),
        Case(x=between(-2, 3, "2 3"), xp=_POINTS, fp=real("4"), left=real(""), right=real("")),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        xp: Array,
        fp: Array,
        left: Array | None = None,
        right: Array | None = None,
    ) -> Array:
        """Return the values. float32 stays float32, where NumPy gives double precision."""
        ctx.save(_interpolated, (x, xp, fp, left, right), {})
        dtype = np.result_type(x, fp) if "f" in (x.dtype.kind, fp.dtype.kind) else np.float64
        return np.interp(x, xp, fp, left, right).astype(dtype, copy=False)  # type: ignore[arg-type,misc]  # NumPy's stub knows no tensor


interp = Interp()
