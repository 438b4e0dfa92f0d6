"""`clip` and `nan_to_num`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from .. import references
from ..function import NumpyFunction
from ..nan_safe import apply_mask
from ..no_value import NO_VALUE


class Clip(NumpyFunction):
    """`x` limited to [lower, upper]; a bound may be None.

    The gradient goes to `x` inside and at the bounds, else to the bound. As in NumPy, the upper bound wins
    where the bounds meet or cross: the result does not depend on `x` there.
    """

    reference = staticmethod(references.clip)
    broadcasts = True
    cases = (
        Case(x=real("..."), lower=real("..."), upper=real("...")),
        Case(x=real("..."), lower=-0.5, upper=0.5),
        Case(x=real("..."), lower=-0.5),
        Case(x=real("..."), lower=None, upper=0.5),
        Case(x=np.array([0.5, -1.0]), lower=np.array([0.5, 0.5]), upper=np.array([0.5, 0.5])),
    )

    @staticmethod
    def from_numpy(a: Any, a_min: Any = None, a_max: Any = None, out: None = None, **bounds: Any) -> Any:
        """Take NumPy's three spellings of the bounds."""
        if bounds.keys() & {"min", "max"} and not (a_min is None and a_max is None):
            raise ArgumentError("np.clip: give the bounds as a_min and a_max, or as min and max, not as both")
        lower, upper = bounds.pop("min", a_min), bounds.pop("max", a_max)
        if out is not None:
            bounds["out"] = out
        return (a, *(None if b is NO_VALUE else b for b in (lower, upper))), bounds

    def forward(
        self, ctx: Context, x: Array, lower: Array | None = None, upper: Array | None = None
    ) -> Array:
        ctx.save(x, lower, upper)
        return np.clip(x, lower, upper)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        x, lower, upper = ctx.saved
        above = False if upper is None else np.logical_or(x > upper, lower is not None and lower >= upper)
        below = False if lower is None else np.logical_and(x < lower, np.logical_not(above))
        shares = (np.logical_not(np.logical_or(below, above)), below, above)
        return tuple(
            apply_mask(grad, s) if needed else None for s, needed in zip(shares, ctx.needs, strict=False)
        )


class NanToNum(NumpyFunction):
    """`x` with NaN and infinities replaced. The gradient passes where `x` is finite."""

    broadcasts = True
    cases = (
        Case(x=real("...")),
        Case(x=np.array([np.nan, np.inf, -np.inf, 1.0]), nan=2.0, posinf=3.0, neginf=-3.0),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        nan: float = 0.0,
        posinf: float | None = None,
        neginf: float | None = None,
    ) -> Array:
        ctx.save(np.isfinite(x))
        return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (finite,) = ctx.saved
        return apply_mask(grad, finite)


clip = Clip(np.clip)
nan_to_num = NanToNum(np.nan_to_num)
