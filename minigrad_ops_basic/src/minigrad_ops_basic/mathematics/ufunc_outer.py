"""`ufunc.outer`, such as `np.add.outer`."""

from __future__ import annotations

from functools import partial

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, positive, real

from ..composite import Composite


def _compute_outer(x: Array, y: Array, *, ufunc: np.ufunc) -> Array:
    return ufunc(np.reshape(x, x.shape + (1,) * y.ndim), y)


class UfuncOuter(Composite):
    """The ufunc of each value of x with each value of y; the result has the axes of x, then the axes of y.

    d/dx = the derivative of the ufunc, summed over the axes of y; d/dy: likewise.
    """

    def __init__(self, ufunc: np.ufunc, case: Case) -> None:
        self.name = f"{ufunc.__name__}_outer"
        self.ufunc = ufunc
        self.implements = (ufunc.outer,)
        self.reference = partial(_compute_outer, ufunc=ufunc)
        self.cases = (case,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(_compute_outer, (x, y), {"ufunc": self.ufunc})
        return self.ufunc.outer(x, y)


_REAL = Case(x=real("2 3"), y=real("2"))
_POSITIVE = Case(x=positive("2"), y=positive("3"))

add_outer = UfuncOuter(np.add, _REAL)
subtract_outer = UfuncOuter(np.subtract, _REAL)
multiply_outer = UfuncOuter(np.multiply, _REAL)
divide_outer = UfuncOuter(np.divide, _POSITIVE)
power_outer = UfuncOuter(np.power, _POSITIVE)
maximum_outer = UfuncOuter(np.maximum, _REAL)
minimum_outer = UfuncOuter(np.minimum, _REAL)
hypot_outer = UfuncOuter(np.hypot, _REAL)
arctan2_outer = UfuncOuter(np.arctan2, _REAL)
logaddexp_outer = UfuncOuter(np.logaddexp, _REAL)
