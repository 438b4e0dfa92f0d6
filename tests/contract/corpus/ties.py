"""Faults at single points: ties, kinks, zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.elementwise import IntegerPower
from .twins.kinked import Abs, HardTanh, LeakyRelu, Relu
from .twins.pairs import Hypot, Maximum
from .twins.reductions import Norm, RowMax, RowProduct, StandardDeviation

if TYPE_CHECKING:
    from minigrad_core import Context

TIE = r"tie|tied|equal|kink"
ZERO = r"zero|\b0\b|nan|finite|kink|inf|warning"


@wrong_operation("ties", twin=Maximum, cause=TIE)
class MaximumBothTakeAll(Maximum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        # >= on both sides: at a tie each gets all of it (mxnet#18563).
        return (
            np.where(x >= y, grad, 0.0) if ctx.needs[0] else None,
            np.where(y >= x, grad, 0.0) if ctx.needs[1] else None,
        )


@wrong_operation("ties", twin=Maximum, cause=TIE)
class MaximumNobodyTakes(Maximum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        # > on both sides: at a tie the gradient is lost (MyGrad).
        return (
            np.where(x > y, grad, 0.0) if ctx.needs[0] else None,
            np.where(y > x, grad, 0.0) if ctx.needs[1] else None,
        )


@wrong_operation("ties", twin=RowMax, cause=TIE)
class RowMaxAllTake(RowMax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return grad[:, None] * (x == y[:, None]).astype(x.dtype)  # not shared between tied values


@wrong_operation("ties", twin=LeakyRelu, cause=TIE + r"|slope|x ?= ?0|1\.1|\b0\b")
class LeakyReluBothAtZero(LeakyRelu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, slope = ctx.saved
        return grad * (x >= 0) + slope * grad * (x <= 0)  # 1 + slope at the kink


@wrong_operation("ties", twin=HardTanh, cause=TIE + r"|slope|bound|\b1\b")
class HardTanhTwiceAtBound(HardTanh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (x >= -1) * (x <= 1) + grad * (np.abs(x) == 1)  # 2 at the bounds


@wrong_operation("ties", twin=Abs, cause=ZERO)
class AbsByDivision(Abs):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * x / np.abs(x)  # 0 / 0 at 0


@wrong_operation("ties", twin=Relu, cause=ZERO)
class ReluByQuotient(Relu):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.maximum(x, 0)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return grad * (y / x)  # 0 / 0 at 0


@wrong_operation("ties", twin=RowProduct, cause=ZERO)
class RowProductByQuotient(RowProduct):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (grad * y)[:, None] / x  # 0 / 0 where a factor is 0 (tinygrad#17404)


@wrong_operation("ties", twin=RowProduct, cause=ZERO)
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


@wrong_operation("ties", twin=RowMax, cause=TIE + "|largest")
class RowMaxSharedByAll(RowMax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        largest = (x == y[:, None]).astype(x.dtype)
        return grad[:, None] * largest * (len(x) / np.sum(largest))  # right if all rows have as many ties


@wrong_operation("ties", twin=IntegerPower, cause=ZERO)
class IntegerPowerByQuotient(IntegerPower):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, n = ctx.saved
        return grad * n * x**n / x  # 0 / 0 at 0


@wrong_operation("ties", twin=Norm, cause=ZERO)
class NormAtZero(Norm):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return x * (grad / y)[:, None]  # 0 / 0 for a row of zeros


@wrong_operation("ties", twin=Hypot, cause=ZERO)
class HypotAtZero(Hypot):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, h = ctx.saved
        return (grad * (x / h) if ctx.needs[0] else None, grad * (y / h) if ctx.needs[1] else None)  # 0 / 0


@wrong_operation("ties", twin=StandardDeviation, cause=ZERO + "|constant|tie")
class StandardDeviationOfConstants(StandardDeviation):
    def backward(self, ctx: Context, grad: Any) -> Any:
        centred, y, k = ctx.saved
        return (grad / (k * y))[:, None] * centred  # 0 / 0 for equal values (autograd, MyGrad)
