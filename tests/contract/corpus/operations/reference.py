"""Operations that differ from what they are held against."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.shipped import Cosh, Mean, Round, Sin


@breaks("reference", "differs-from-reference")
class SinClaimsCos(Sin):
    implements = (np.cos,)


@breaks("reference", "differs-from-reference")
class CoshOfOneExponential(Cosh):
    def forward(self, ctx: Context, x: Any) -> Any:
        super().forward(ctx, x)
        e = np.exp(x)  # inf / inf where the result overflows to inf
        return np.where(np.abs(x) < 300, np.cosh(x), (e * e + 1) / (2 * e))


@breaks("reference", "differs-from-reference")
class RoundHalfAway(Round):
    # rounds 2.5 to 3, where NumPy rounds it to 2
    function = staticmethod(lambda x: np.copysign(np.floor(np.abs(x) + 0.5), x))


@breaks("reference", "differs-from-reference")
class MeanSpreadsNan(Mean):
    def forward(self, ctx: Context, x: Any, **settings: Any) -> Any:
        return super().forward(ctx, x, **settings) + 0 * np.sum(x)  # a NaN in one row reaches all rows
