"""`floor`, `ceil`, `trunc`, `rint`, `round` and `fix`, without a gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context

from .. import references
from ..non_differentiable import UnaryFunction, UnaryUfunc


class Fix(UnaryFunction):
    """`np.fix`, by `np.trunc`, which NumPy 2.5 recommends: there `np.fix` warns."""

    reference = staticmethod(references.fix)

    def forward(self, ctx: Context, x: Any, **settings: Any) -> Any:
        return np.trunc(x, **settings)


floor = UnaryUfunc(np.floor, "The largest whole number not above each value.")
ceil = UnaryUfunc(np.ceil, "The smallest whole number not below each value.")
trunc = UnaryUfunc(np.trunc, "The whole part of each value.")
rint = UnaryUfunc(np.rint, "The nearest whole number to each value, halves to even.")
round = UnaryFunction(np.round)  # noqa: A001 - NumPy's name
around = UnaryFunction(np.around)
fix = Fix(np.fix)
