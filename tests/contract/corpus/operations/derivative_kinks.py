"""Operations whose gradient is wrong at kinks, at ties and at zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.reductions import RowMax, RowProduct
from .right.shipped import Abs, Hypot, LeakyRelu
from .right.smooth import LogOfRelu, WholePower


@breaks("derivative", "ties-do-not-add-up")
class RowMaxEveryMaximum(RowMax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return grad[:, None] * (x == y[:, None])


@breaks("derivative", "nan-at-kink")
class ZeroToMinusOne(WholePower):
    # 0 * 0^-1 where n is 0
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, n = ctx.saved
        return grad * (n * x ** (n - 1.0)).astype(grad.dtype), None


@breaks("derivative", "nan-at-kink")
class LogOfReluLeaksNan(LogOfRelu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / (1 + x) * (x > 0)


@breaks("derivative", "nan-at-kink")
class HypotAtOrigin(Hypot):
    cases = Hypot.cases[:1]  # the others are at infinity

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, z = ctx.saved
        return grad * (x / z), grad * (y / z)  # 0 / 0


@breaks("derivative", "wrong-at-kink")
class LeakyReluBothAtZero(LeakyRelu):
    def forward(self, ctx: Context, x: Any, *, negative_slope: float = 0.01) -> Any:
        y = super().forward(ctx, x, negative_slope=negative_slope)
        ctx.save(x, negative_slope)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, slope = ctx.saved
        return grad * (x >= 0) + slope * grad * (x <= 0)


@breaks("derivative", "nan-at-kink")
class AbsByDivision(Abs):
    rule = staticmethod(lambda grad, x: grad * (x / np.abs(x)))


@breaks("derivative", "wrong-at-kink")
class RowProductTwoZeros(RowProduct):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        ctx.save(x, np.where(x == 0, 1.0, x))
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, nonzero = ctx.saved
        rest = (nonzero[:, 0] * nonzero[:, 1] * nonzero[:, 2] * nonzero[:, 3])[:, None] / nonzero
        zeros = np.sum(x == 0, axis=1, keepdims=True)
        others = np.where((zeros == 0) | (x == 0), rest, 0.0)  # right for one zero, wrong for two
        return grad[:, None] * others


@breaks("derivative", "ties-do-not-add-up")
class RowMaxSharedByAll(RowMax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        largest = (x == y[:, None]).astype(x.dtype)
        return grad[:, None] * largest * (len(x) / np.sum(largest))


@breaks("derivative", "wrong-at-kink")
class AbsWrongAtThree(Abs):
    rule = staticmethod(lambda grad, x: grad * np.where(x == 3, 2.0, np.sign(x)))
