"""`polyfit`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, between, real

from ..composite import Composite
from ..dtypes import cast, find_floating_type
from ..linear_algebra.singular_values import refuse_infinite


def _to_double(x: Any) -> Any:
    return cast(x, np.result_type(find_floating_type(x), np.float64))


def _weight_points(x: Any, y: Any, w: Any, deg: int) -> tuple[Any, Any, Any]:
    """Return powers and values, weighted, and the lengths by which NumPy divides the columns of powers.

    In double precision, as NumPy's: in single precision the powers of tiny values vanish, and LAPACK may
    never return from the 0 / 0 that is left.
    """
    powers, values = np.vander(_to_double(x), deg + 1), _to_double(y)
    if w is not None:
        powers = powers * np.reshape(w, (-1, 1))
        values = values * (np.reshape(w, (-1, 1)) if y.ndim == 2 else w)
    return powers, values, np.sqrt(np.sum(powers * powers, axis=0))


def _fit(x: Any, y: Any, w: Any = None, *, deg: int, rcond: float) -> Array:
    powers, values, scale = _weight_points(x, y, w, deg)
    solution = np.linalg.pinv(powers / scale, rcond) @ values
    return solution / (np.reshape(scale, (-1, 1)) if y.ndim == 2 else scale)


class Polyfit(Composite):
    """The coefficients, the highest power first, of the polynomial of degree `deg` that fits the points (x,
    y) best in the sense of least squares, with `w` times each distance; y may have columns.

    d/dy, d/dx, d/dw: those of least squares.
    """

    name = "polyfit"
    implements = (np.polyfit,)
    takes_complex = True
    cases = (
        Case(x=real("5"), y=real("5 2"), deg=2),
        Case(x=between(3, 4, "4"), y=real("4 2"), w=real("4"), deg=1),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        y: Array,
        w: Array | None = None,
        *,
        deg: int,
        rcond: float | None = None,
    ) -> Array:
        """Return the coefficients. float32 stays float32, where NumPy gives double precision."""
        powers, values, scale = _weight_points(x, y, w, deg)
        with np.errstate(divide="ignore", invalid="ignore"):
            refuse_infinite(powers / scale, values)
        cut = len(x) * float(np.finfo(find_floating_type(x)).eps) if rcond is None else rcond
        ctx.save(_fit, (x, y, w), {"deg": deg, "rcond": cut})
        return np.polyfit(x, y, deg, cut, w=w).astype(find_floating_type(x, y), copy=False)


polyfit = Polyfit()
