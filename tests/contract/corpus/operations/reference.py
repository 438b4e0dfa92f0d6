"""Operations that differ from what they are held against."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.elementwise import Sin
from .right.reductions import SumWhere


@breaks("reference", "differs-from-reference")
class SinClaimsCos(Sin):
    implements = (np.cos,)


@breaks("reference", "differs-from-reference")
class SumIgnoresWhere(SumWhere):
    def forward(self, ctx: Context, x: Any, where: Any) -> Any:
        return super().forward(ctx, x, np.ones_like(where))
