"""Operations that differ from what they are held against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..pair import breaks
from .right.common_steps import as_float, as_floats, need
from .right.elementwise import Sin
from .right.rearrangements import BinOf
from .right.recursions import BandPower, _waves
from .right.reductions import SumWhere
from .right.scores import GridRound

if TYPE_CHECKING:
    from minigrad_core import Context


@breaks("reference", "differs-from-reference")
class SinClaimsCos(Sin):
    implements = (np.cos,)


@breaks("reference", "differs-from-reference")
class SumIgnoresWhere(SumWhere):
    def forward(self, ctx: Context, x: Any, where: Any) -> Any:
        return super().forward(ctx, x, np.ones_like(where))


@breaks("reference", "differs-from-reference")
class BandPowerEdge(BandPower):
    def forward(self, ctx: Any, x: Any) -> Any:
        need(x.ndim == 2 and x.shape[1] > 0, self.name, f"x (n, t) with t > 0, got {x.shape}")
        x = as_float(x)
        cos, sin = _waves(x.shape[1], x.dtype)
        c, s = (x @ cos, x @ sin)
        ctx.save(cos, sin, c, s)
        half = np.ones(c.shape[1], x.dtype)
        half[x.shape[1] // 2 :] = 0.5 if x.shape[1] % 2 == 0 else 1
        return (c * c + s * s) / x.shape[1] * half

    def backward(self, ctx: Any, grad: Any) -> Any:
        cos, sin, c, s = ctx.saved
        half = np.ones(grad.shape[1], grad.dtype)
        half[len(cos) // 2 :] = 0.5 if len(cos) % 2 == 0 else 1
        return (grad * half * c @ cos.T + grad * half * s @ sin.T) * (2 / len(cos))


@breaks("reference", "differs-from-reference")
class BinOfBelow(BinOf):
    def forward(self, ctx: Any, x: Any) -> Any:
        x = as_floats(x)
        return np.digitize(x, np.arange(4).astype(x.dtype), right=True)


@breaks("reference", "differs-from-reference")
class GridRoundCleans(GridRound):
    def forward(self, ctx: Any, x: Any, *, cell: Any = 2.0, levels: Any = 7) -> Any:
        need(cell > 0 and levels >= 1, self.name, "cell and levels must be above 0")
        x = as_floats(x)
        ctx.save(np.abs(x) <= levels * cell)
        return np.clip(np.rint(np.nan_to_num(x) / cell), -levels, levels) * cell
