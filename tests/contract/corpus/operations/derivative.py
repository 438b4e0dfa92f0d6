"""Operations whose gradient is another one: formulas, factors, orders, outputs, rounding."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.elementwise import Exp, Tanh
from .right.kinked import Relu, Round
from .right.outputs import Lookup
from .right.pairs import Multiply, SineCosine
from .right.reductions import RowFold
from .right.shapes import Transpose
from .right.smooth import LogOfSum
from .right.softmax import Softmax


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
        (y,) = ctx.saved
        if y.shape[-1] == 2:
            return y * (1 - y) * grad  # the sigmoid's rule, though the second value moves too
        return super().backward(ctx, grad)


@breaks("derivative", "wrong-gradient")
class LookupColumnMajor(Lookup):
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
