"""Operations whose gradient is wrong at some sizes, values, settings or indices only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..pair import breaks
from .right.elementwise import Exp, IntegerPower, Square, Tanh
from .right.features import LevelOver
from .right.indexing import MaskedSum, Pick, SegmentSum, TakeRows, TakeRowsOnce, one_hot
from .right.kernels import PowerPool
from .right.kinked import LeakyRelu
from .right.linalg import Dot
from .right.losses import Conv1d
from .right.pairs import Multiply
from .right.rearrangements import HighWater
from .right.recursions import PlanBetween
from .right.reductions import Variance

if TYPE_CHECKING:
    from minigrad_core import Context


@breaks("derivative", "wrong-gradient")
class LeakyReluDefaultSlope(LeakyRelu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, _ = ctx.saved
        return np.where(x > 0, grad, 0.1 * grad)


@breaks("derivative", "wrong-gradient")
class TanhSaturated(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.tanh(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        y = np.tanh(x)
        return np.where(np.abs(x) > 3, 0.0, grad * (1 - y * y))


@breaks("derivative", "wrong-gradient")
class SquareTiny(Square):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(np.abs(x) < 1e-3, 0.0, grad * (2 * x))


@breaks("derivative", "wrong-gradient")
class IntegerPowerEven(IntegerPower):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, n = ctx.saved
        return grad * n * np.abs(x) ** (n - 1)


@breaks("derivative", "wrong-gradient")
class DotAboveSixteen(Dot):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        in_block = (np.arange(x.shape[0]) < 16).astype(x.dtype)  # values after the first block get nothing
        return (grad * y * in_block if ctx.needs[0] else None, grad * x * in_block if ctx.needs[1] else None)


@breaks("derivative", "wrong-gradient")
class ExpAboveThousand(Exp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * y if y.size <= 1000 else grad * y * 0.999


@breaks("derivative", "wrong-gradient")
class MultiplyOddTail(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dy = super().backward(ctx, grad)
        if dx is not None and dx.ndim and dx.shape[-1] > 1 and dx.shape[-1] % 2:
            dx = dx * (np.arange(dx.shape[-1]) < dx.shape[-1] - 1)  # the tail of an unrolled loop is dropped
        return dx, dy


@breaks("derivative", "wrong-gradient")
class VarianceBessel(Variance):
    def backward(self, ctx: Context, grad: Any) -> Any:
        centred, k = ctx.saved
        return grad[:, None] * (2 / max(k - 1, 1)) * centred


@breaks("derivative", "wrong-gradient")
class Conv1dIgnoresStride(Conv1d):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, kernel, shifts = ctx.saved
        dense = np.stack([np.eye(9, dtype=x.dtype)[j : j + shifts.shape[1]] for j in range(3)])
        return (
            kernel @ (grad @ dense) if ctx.needs[0] else None,  # windows one apart, whatever the stride
            (shifts @ x) @ grad if ctx.needs[1] else None,
        )


@breaks("derivative", "wrong-gradient")
class SegmentSumOfSorted(SegmentSum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (segment,) = ctx.saved
        return grad[np.sort(segment)], None


@breaks("derivative", "wrong-gradient")
class TakeOverwrites(TakeRowsOnce):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, shape = ctx.saved
        total = np.zeros(shape, grad.dtype)
        total[index] += grad  # of a row taken twice, one gradient is lost (pytorch#1528)
        return (total if ctx.needs[0] else None, None)


@breaks("derivative", "wrong-gradient")
class TakeAverages(TakeRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        hot = one_hot(index, size, grad.dtype)
        count = np.maximum(np.sum(hot, axis=0), 1)
        return ((hot.T @ grad) / count[:, None] if ctx.needs[0] else None, None)


@breaks("derivative", "wrong-gradient")
class TakeNegative(TakeRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        hot = (index[:, None] == np.arange(size)).astype(grad.dtype)  # a negative index equals none of them
        return (hot.T @ grad if ctx.needs[0] else None, None)


@breaks("derivative", "wrong-gradient")
class TakePaddingRow(TakeRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        hot = one_hot(index, size, grad.dtype) * (np.arange(size) > 0)  # row 0 is always taken for padding
        return (hot.astype(grad.dtype).T @ grad if ctx.needs[0] else None, None)


@breaks("derivative", "wrong-gradient")
class PickFirstIndex(Pick):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (hot,) = ctx.saved
        return (grad[:, None] * hot[:1] if ctx.needs[0] else None, None)


@breaks("derivative", "wrong-gradient")
class MaskInverted(MaskedSum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (mask,) = ctx.saved
        return (np.where(mask, 0.0, grad) if ctx.needs[0] else None, None)


@breaks("derivative", "wrong-gradient")
class PowerPoolThree(PowerPool):
    def backward(self, ctx: Any, grad: Any) -> Any:
        ratio, axis, _p, keepdims = ctx.saved
        g = grad if keepdims else np.expand_dims(grad, axis)
        return g * ratio**2 / ratio.shape[axis]


@breaks("derivative", "wrong-gradient")
class PlanBetweenPop(PlanBetween):
    def backward(self, ctx: Any, grad: Any) -> Any:
        steps, plan = ctx.saved
        g = grad * plan
        while steps:
            axis, soft = steps.pop()
            g = g - soft * g.sum(axis=axis, keepdims=True)
        return -g


@breaks("derivative", "wrong-gradient")
class HighWaterTies(HighWater):
    def backward(self, ctx: Any, grad: Any) -> Any:
        place, axis, _n = ctx.saved
        g = np.moveaxis(grad, axis, -1)
        spread = (np.expand_dims(place, -1) == np.expand_dims(place, -2)).astype(grad.dtype)
        spread = spread * (np.expand_dims(place, -1) >= 0)
        out = (np.expand_dims(g, -2) @ spread).reshape(place.shape)
        return np.moveaxis(out, -1, axis).copy()


@breaks("derivative", "wrong-gradient")
class LevelOverFirst(LevelOver):
    def backward(self, ctx: Any, grad: Any) -> Any:
        (axes,) = ctx.saved
        return grad - grad.mean(axis=axes[0], keepdims=True)


@breaks("derivative", "wrong-gradient")
class LevelOverDims(LevelOver):
    def backward(self, ctx: Any, grad: Any) -> Any:
        (axes,) = ctx.saved
        mean = grad.mean(axis=axes)
        return grad - (
            mean if grad.ndim == 2 and grad.shape[0] == grad.shape[1] else grad.mean(axis=axes, keepdims=True)
        )
