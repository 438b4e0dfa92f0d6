"""Operations whose gradient is wrong at some sizes, values, settings or indices only."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.elementwise import Exp, Square, Tanh, unbound
from .right.indexing import SegmentSum, TakeRows, TakeRowsOnce
from .right.linalg import Dot


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
    slope = unbound(lambda x: np.where(np.abs(x) < 1e-3, 0.0, 2 * x))


@breaks("derivative", "wrong-gradient")
class DotAboveSixteen(Dot):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        in_block = (np.arange(x.shape[0]) < 16).astype(x.dtype)  # values after the first block get nothing
        return (grad * y * in_block if ctx.needs[0] else None, grad * x * in_block if ctx.needs[1] else None)


@breaks("derivative", "wrong-gradient")
class ExpAboveThousand(Exp):
    slope = unbound(lambda y: y if y.size <= 1000 else y * 0.999)


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
class TakeNegative(TakeRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        hot = (index[:, None] == np.arange(size)).astype(grad.dtype)  # a negative index equals none of them
        return (hot.T @ grad if ctx.needs[0] else None, None)
