"""Operations with a wrong gradient: formulas, factors, rounding; at some sizes, values or indices only."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context
from minigrad_core.cases import Case, index_into, real

from ..pair import breaks
from .right.indexing import SegmentSum, TakeRows, TakeRowsOnce
from .right.reductions import Dot, RowFold
from .right.shapes import Transpose
from .right.shipped import Exp, Multiply, Relu, Round, Softmax, Square, Tanh
from .right.smooth import LogOfSum, SineCosine


@breaks("derivative", "wrong-gradient")
class ExpIgnoresGrad(Exp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return y * 1


@breaks("derivative", "wrong-gradient")
class GuidedRelu(Relu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where((x > 0) & (grad > 0), grad, 0.0)


@breaks("derivative", "wrong-gradient")
class SineCosineSecondOutput(SineCosine):
    def backward(self, ctx: Context, grad: Any, grad_cos: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.cos(x)


@breaks("derivative", "wrong-gradient")
class TanhSavesSingle(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.tanh(x)
        ctx.save(y.astype(np.float32))  # "to save memory"
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * (1 - y * y).astype(grad.dtype)


@breaks("derivative", "wrong-gradient")
class SoftmaxDiagonal(Softmax):
    def forward(self, ctx: Context, x: Any, *, axis: Any = -1) -> Any:
        y = super().forward(ctx, x, axis=axis)
        ctx.save(y)
        return y.copy()

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * y * (1 - y)


@breaks("derivative", "wrong-gradient")
class RoundStraightThrough(Round):
    differentiable = True

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * 1


@breaks("derivative", "wrong-gradient")
class TransposeByReshape(Transpose):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad.reshape(grad.shape[1], grad.shape[0]) * 1


@breaks("derivative", "wrong-gradient")
class ExpByForwardDifference(Exp):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.exp(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * ((np.exp(x + 1e-6) - np.exp(x)) / 1e-6)


@breaks("derivative", "wrong-gradient")
class MultiplyBlocksOfEight(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dy = super().backward(ctx, grad)
        if dy is not None and dy.ndim and dy.shape[-1] > 8 and dy.shape[-1] % 8:
            whole = dy.shape[-1] // 8 * 8
            dy = dy * (np.arange(dy.shape[-1]) < whole)  # what does not fill a block of eight is dropped
        return dx, dy


@breaks("derivative", "wrong-gradient")
class SoftmaxOfTwo(Softmax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        right = super().backward(ctx, grad)
        # The rule of the sigmoid, although the second value moves, too.
        return right * 0.5 if right.shape[-1:] == (2,) else right


@breaks("derivative", "wrong-gradient")
class LookupColumnMajor(TakeRowsOnce):
    cases = (Case(table=real("n k"), index=index_into("table", axis=0, shape="p q")),)

    def backward(self, ctx: Context, grad: Any) -> Any:
        index, shape = ctx.saved
        total = np.zeros(shape, grad.dtype)
        # Indices by columns, grad by rows.
        np.add.at(total, index.ravel(order="F"), grad.reshape(-1, shape[1]))
        return (total if ctx.needs[0] else None, None)


@breaks("derivative", "wrong-gradient")
class LogOfSumOfInfinities(LogOfSum):
    # inf - inf is NaN
    def gap(self, x: Any, y: Any) -> Any:
        return y - x


@breaks("derivative", "wrong-gradient")
class RowFoldSumsAlways(RowFold):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad[:, None] * np.ones_like(ctx.saved[0])


@breaks("derivative", "wrong-gradient")
class TanhSaturated(Tanh):
    rule = staticmethod(lambda grad, y: np.where(np.abs(y) > 0.995, 0.0, grad * (1 - y * y)))


@breaks("derivative", "wrong-gradient")
class SquareTiny(Square):
    rule = staticmethod(lambda grad, x: grad * np.where(np.abs(x) < 1e-3, 0.0, 2 * x))


@breaks("derivative", "wrong-gradient")
class DotAboveSixteen(Dot):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        in_block = (np.arange(x.shape[0]) < 16).astype(x.dtype)  # values after the first block get nothing
        return (grad * y * in_block if ctx.needs[0] else None, grad * x * in_block if ctx.needs[1] else None)


@breaks("derivative", "wrong-gradient")
class ExpAboveThousand(Exp):
    rule = staticmethod(lambda grad, y: grad * y * (1 if y.size <= 1000 else 0.999))


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


class SquareOfWholeNumbers(Square):
    cases = (Case(x=np.array([1.0, 2.0, 3.0])),)


@breaks("derivative", "wrong-gradient")
class SquareWrongAtTwo(SquareOfWholeNumbers):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.where(x == 2.0, 5.0, 2 * x).astype(x.dtype)


@breaks("derivative", "wrong-gradient")
class TakeRowsOfBytes(TakeRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        ctx.save(index.astype(np.int8).astype(int), size)  # wrong beyond 127 rows
        return super().backward(ctx, grad)
