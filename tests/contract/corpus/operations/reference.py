"""Operations that differ from what they are held against."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.shipped import Cosh, Sin


@breaks("reference", "differs-from-reference")
class SinClaimsCos(Sin):
    implements = (np.cos,)


@breaks("reference", "differs-from-reference")
class CoshOfOneExponential(Cosh):
    def forward(self, ctx: Context, x: Any) -> Any:
        super().forward(ctx, x)
        e = np.exp(x)  # inf / inf where the result overflows to inf
        return np.where(np.abs(x) < 300, np.cosh(x), (e * e + 1) / (2 * e))
