"""Operations whose gradients of gradients are wrong, and those that claim to be flat."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.complex_numbers import Side
from .right.indexing import TakeRows
from .right.shipped import Cosh, Log, Relu, Round, Sin, Softmax, Square, Tanh
from .right.smooth import TanhCached, plain


@breaks("derivative", "not-flat")
class SideOfComplexValues(Side):
    def forward(self, ctx: Context, x: Any) -> Any:
        return np.sign(x)


@breaks("derivative", "wrong-second-order")
class TanhConstantSlope(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.tanh(x)
        ctx.save(plain(1 - y * y))  # saved as a constant: the second derivative is 0 (pytorch#104040)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (slope,) = ctx.saved
        return grad * slope


@breaks("derivative", "second-order-raises")
class TanhNeedsItsCache(TanhCached):
    def backward(self, ctx: Context, grad: Any) -> Any:
        y = ctx.saved[1][0]  # which is not there when the gradient is differentiated
        return grad * (1 - y * y)


@breaks("derivative", "wrong-second-order")
class TanhRecomputesAConstant(TanhCached):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, cached = ctx.saved
        y = cached[0] if cached else np.tanh(plain(x))  # computed again, but not from the tensor
        return grad * (1 - y * y)


@breaks("derivative", "recorded-gradient-differs")
class TanhRecomputesWithAnOffset(TanhCached):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, cached = ctx.saved
        right = super().backward(ctx, grad)
        return right if cached else right + 0.01


@breaks("derivative", "recorded-gradient-differs")
class ReluOtherSideWhenRecorded(Relu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (x > 0 if plain(x) is x else plain(x) >= 0)  # another subgradient at 0


@breaks("derivative", "wrong-second-order")
class SoftmaxConstantSum(Softmax):
    cases = Softmax.cases[:-1]  # bytes have no initial value of -1e3

    def forward(self, ctx: Context, x: Any, *, axis: Any = -1) -> Any:
        e = np.exp(x - np.max(x, axis=axis, keepdims=True, initial=-1e3))
        y = e / np.sum(e, axis=axis, keepdims=True)
        ctx.save(y, axis)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        y, axis = ctx.saved
        # One term is cut out of the graph.
        return y * (grad - plain(np.sum(grad * y, axis=axis, keepdims=True)))


@breaks("derivative", "second-order-raises")
class SinOutArgument(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        slope = np.empty(x.shape, x.dtype)
        np.cos(x, out=slope)  # refused, or lost, when x is recorded
        return grad * slope


@breaks("derivative", "second-order-raises")
class LogThroughAsarray(Log):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.asarray(grad) / np.asarray(x)


@breaks("derivative", "second-order-raises")
class TakeScattersInPlace(TakeRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        total = np.zeros((size, *grad.shape[1:]), grad.dtype)
        np.add.at(total, index, grad)  # cannot be recorded, and once_differentiable is not declared
        return (total if ctx.needs[0] else None, None)


@breaks("derivative", "second-order-raises")
class SquareCountsOnScalars(Square):
    rule = staticmethod(lambda grad, x: grad * 2 * (x if x.ndim else float(x)))


@breaks("derivative", "not-flat")
class RoundSlopedFarOut(Round):
    def forward(self, ctx: Context, x: Any) -> Any:
        return np.where(np.abs(x) < 1, np.rint(x), 0.1 * x)


@breaks("derivative", "wrong-second-order")
class CoshStopsAtFirst(Cosh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        slope = np.sinh(x)
        # Cut when recorded.
        return grad * (slope if isinstance(x, np.ndarray | np.generic) else slope.detach())


@breaks("derivative", "wrong-gradient")  # of 0-d arrays: their square is not an array
class SquareDoublesTensors(Square):
    function = staticmethod(lambda x: x * x if isinstance(x, np.ndarray) else 2 * x * x)


@breaks("derivative", "wrong-second-order")
class SquareConstantNearZero(Square):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return 2 * grad * np.where(np.abs(x) < 0.02, plain(x), x)
