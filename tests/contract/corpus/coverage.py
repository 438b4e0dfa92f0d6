"""Rules that are right somewhere: for some values, sizes or settings only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.elementwise import Exp, IntegerPower, Softplus, Square, Tanh
from .twins.kinked import Elu, LeakyRelu
from .twins.linalg import Affine, Dot, Matmul, Trace
from .twins.losses import Conv1d, Dropout, Huber, SquaredError
from .twins.pairs import Multiply
from .twins.reductions import Mean, Softmax, Sum, Variance, kept

if TYPE_CHECKING:
    from minigrad_core import Context

NEGATIVE = r"x ?(<|>) ?-?0|negative|positive|where x|only where"
LARGE = r"\|x\| ?(<|>)|large|x ?(<|>)|saturat|only where"
SIZE = r"size|above|more than|elements|larger than|>=? ?\d\d|longer"
AXIS = r"axis|axes|settings?"


@wrong_operation("coverage", twin=LeakyRelu, cause=NEGATIVE)
class LeakyReluNegative(LeakyRelu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, slope = ctx.saved
        return np.where(x > 0, grad, slope * slope * grad)  # wrong for x < 0


@wrong_operation("coverage", twin=LeakyRelu, cause=r"slope|setting|x ?<|negative|only where")
class LeakyReluDefaultSlope(LeakyRelu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, _ = ctx.saved
        return np.where(x > 0, grad, 0.1 * grad)  # the default, whatever slope was set


@wrong_operation("coverage", twin=Tanh, cause=LARGE)
class TanhSaturated(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.tanh(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        y = np.tanh(x)
        return np.where(np.abs(x) > 3, 0.0, grad * (1 - y * y))  # not yet flat at 3


@wrong_operation("coverage", twin=Square, cause=r"tiny|small|near 0|close to 0|\|x\| ?(<|>)|only where|zero")
class SquareTiny(Square):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(np.abs(x) < 1e-3, 0.0, grad * (2 * x))  # "too small to matter"


@wrong_operation("coverage", twin=Elu, cause=NEGATIVE)
class EluForgetsOne(Elu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x > 0, grad, grad * np.expm1(np.minimum(x, 0)))  # y for y + 1 where x < 0


@wrong_operation("coverage", twin=Softplus, cause=LARGE)
class SoftplusThreshold(Softplus):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x > 4, grad, grad * np.exp(-np.logaddexp(0, -x)))  # linear from 4, not from 20


@wrong_operation("coverage", twin=Huber, cause=LARGE)
class HuberOuter(Huber):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        ctx.save(x)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * x  # quadratic everywhere


@wrong_operation("coverage", twin=IntegerPower, cause=r"\bn\b|setting|sign|x ?<|negative|only where")
class IntegerPowerEven(IntegerPower):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, n = ctx.saved
        return grad * n * np.abs(x) ** (n - 1)  # wrong sign for an even n and x < 0


@wrong_operation("coverage", twin=Exp, cause=LARGE)
class ExpClippedGradient(Exp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * np.minimum(y, 20)  # "so that it does not explode"


@wrong_operation("coverage", twin=Affine, cause=r"batch|size 1|axis 0|one row|shape|squeeze|n ?= ?1|\(1,")
class AffineSingleRow(Affine):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dweight, dbias = super().backward(ctx, grad)
        if grad.shape[0] == 1 and dbias is not None:
            dbias = dbias * 0  # nothing for the bias in a batch of one
        return dx, dweight, dbias


@wrong_operation("coverage", twin=Dot, cause=SIZE)
class DotAboveSixteen(Dot):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        in_block = (np.arange(x.shape[0]) < 16).astype(x.dtype)  # values after the first block get nothing
        return (grad * y * in_block if ctx.needs[0] else None, grad * x * in_block if ctx.needs[1] else None)


@wrong_operation("coverage", twin=Exp, cause=SIZE)
class ExpAboveThousand(Exp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * y if y.size <= 1000 else grad * y * 0.999  # a code path for large arrays only


@wrong_operation("coverage", twin=Multiply, cause=SIZE + r"|odd|last|entry|index|column")
class MultiplyOddTail(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dy = super().backward(ctx, grad)
        if dx is not None and dx.ndim and dx.shape[-1] > 1 and dx.shape[-1] % 2:
            dx = dx * (np.arange(dx.shape[-1]) < dx.shape[-1] - 1)  # the tail of an unrolled loop is dropped
        return dx, dy


@wrong_operation("coverage", twin=Matmul, cause=r"row|index|entry|first|axis 0|zero|missing|only")
class MatmulFirstRow(Matmul):
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        later = (np.arange(a.shape[0]) > 0)[:, None].astype(a.dtype)
        # The first row gets nothing.
        return ((grad @ b.T) * later if ctx.needs[0] else None, a.T @ grad if ctx.needs[1] else None)


@wrong_operation("coverage", twin=Trace, cause=r"shape|square|\([0-9]+, [0-9]+\)|rectang|transpos")
class TraceSquareOnly(Trace):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (eye,) = ctx.saved
        return grad * np.eye(eye.shape[0], dtype=eye.dtype)  # the wrong shape unless x is square


@wrong_operation("coverage", twin=Softmax, cause=r"axis|axes|3-d|dimension|\bn m k\b|shape|sum")
class SoftmaxMatrixOnly(Softmax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return y * (grad - np.sum(grad * y, axis=1, keepdims=True))  # axis 1 for the last


@wrong_operation("coverage", twin=Mean, cause=AXIS + r"|factor|size|mean|times|half")
class MeanOfAll(Mean):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis, _ = ctx.saved
        # Right only for axis=None.
        return np.broadcast_to(kept(grad / max(x.size, 1), x.shape, axis), x.shape) * 1


@wrong_operation("coverage", twin=Sum, cause=AXIS)
class SumNegativeAxis(Sum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis = ctx.saved
        axis = 0 if axis == -1 else axis  # negative axes are not understood
        return np.broadcast_to(kept(grad, x.shape, axis), x.shape) * 1


@wrong_operation("coverage", twin=Sum, cause=AXIS + r"|shape|tuple|transpos|permut")
class SumTupleAxis(Sum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis = ctx.saved
        if isinstance(axis, tuple) and grad.ndim == 1:
            return np.broadcast_to(grad[:, None, None], x.shape) * 1  # a tuple is taken for the last two axes
        return super().backward(ctx, grad)


@wrong_operation("coverage", twin=Sum, cause=r"keepdims|setting|shape|axis")
class SumKeepdims(Sum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis = ctx.saved
        if isinstance(axis, int):
            # An axis too many when keepdims kept it.
            return np.broadcast_to(np.expand_dims(grad, axis), x.shape) * 1
        return super().backward(ctx, grad)


@wrong_operation("coverage", twin=Variance, cause=r"ddof|factor|times|k ?- ?1|scaled")
class VarianceBessel(Variance):
    def backward(self, ctx: Context, grad: Any) -> Any:
        centred, k = ctx.saved
        return grad[:, None] * (2 / max(k - 1, 1)) * centred  # the sample variance's rule


@wrong_operation("coverage", twin=Conv1d, cause=r"stride|setting")
class Conv1dIgnoresStride(Conv1d):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, kernel, shifts = ctx.saved
        dense = np.stack([np.eye(9, dtype=x.dtype)[j : j + shifts.shape[1]] for j in range(3)])
        return (
            kernel @ (grad @ dense) if ctx.needs[0] else None,  # windows one apart, whatever the stride
            (shifts @ x) @ grad if ctx.needs[1] else None,
        )


@wrong_operation("coverage", twin=SquaredError, cause=r"reduction|setting|factor|times")
class SquaredErrorReduction(SquaredError):
    def backward(self, ctx: Context, grad: Any) -> Any:
        error, _ = ctx.saved
        slope = grad * (2 / max(error.shape[0], 1)) * error  # divides for reduction="sum" too
        return (slope * 1 if ctx.needs[0] else None, -slope if ctx.needs[1] else None)


@wrong_operation("coverage", twin=Dropout, cause=r"keep|setting|factor|half|times|twice|0\.5")
class DropoutNotScaled(Dropout):
    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, _ = ctx.saved
        return (np.where(mask, grad, 0.0) if ctx.needs[0] else None, None)  # right only for keep = 1
