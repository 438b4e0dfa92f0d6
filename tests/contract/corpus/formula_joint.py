"""Wrong formulas of operations that mix their values: products, reductions, losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.linalg import Bilinear, Gram, InverseOfTwo, Quadratic, SquareMatmul
from .twins.losses import BinaryCrossEntropy, Conv1d, CosineSimilarity, CrossEntropy, Glu
from .twins.reductions import CumulativeSum, LayerNorm, LogSoftmax, Norm, Softmax, StandardDeviation, Variance

if TYPE_CHECKING:
    from minigrad_core import Context

FACTOR_2 = r"twice|doubled?|factor( of)? 2|\b2(\.0+)? (times|x)|times 2|2 \*"
TRANSPOSED = r"transpos|swapped axes|\.T\b"


@wrong_operation("formula", twin=SquareMatmul, cause=TRANSPOSED)
class MatmulWithoutTranspose(SquareMatmul):
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return (grad @ b if ctx.needs[0] else None, a.T @ grad if ctx.needs[1] else None)  # b for b.T


@wrong_operation("formula", twin=SquareMatmul, cause=r"order|commut|transpos|factors|side")
class MatmulOrder(SquareMatmul):
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        # a.T stands on the right.
        return (grad @ b.T if ctx.needs[0] else None, grad @ a.T if ctx.needs[1] else None)


@wrong_operation("formula", twin=InverseOfTwo, cause=TRANSPOSED)
class InverseWithoutTranspose(InverseOfTwo):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return -(y @ grad @ y)  # y for y.T


@wrong_operation("formula", twin=Quadratic, cause=r"transpos|symmetr")
class QuadraticOfSymmetric(Quadratic):
    def backward(self, ctx: Context, grad: Any) -> Any:
        matrix, x = ctx.saved
        return (
            grad * (x[:, None] * x) if ctx.needs[0] else None,
            grad * 2 * (matrix @ x) if ctx.needs[1] else None,  # right for symmetric matrices only
        )


@wrong_operation("formula", twin=Bilinear, cause=r"right|input 2|proportional|missing")
class BilinearWrongVector(Bilinear):
    def backward(self, ctx: Context, grad: Any) -> Any:
        left, matrix, right = ctx.saved
        return (
            grad * (matrix @ right) if ctx.needs[0] else None,
            grad * np.broadcast_to(left[:, None], matrix.shape) if ctx.needs[1] else None,  # right is missing
            grad * (left @ matrix) if ctx.needs[2] else None,
        )


@wrong_operation("formula", twin=Gram, cause=r"half|0\.5|one of|transpos|symmetr|term|grad\.T")
class GramOneTerm(Gram):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return x @ grad  # x occurs twice: the term with grad.T is missing


@wrong_operation("formula", twin=Softmax, cause=r"diagonal")
class SoftmaxDiagonal(Softmax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * y * (1 - y)  # only the diagonal of the Jacobian


@wrong_operation("formula", twin=LogSoftmax, cause=r"\by\b|output|exp|softmax|log")
class LogSoftmaxWithoutExp(LogSoftmax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad - y * np.sum(grad, axis=1, keepdims=True)  # y is the logarithm


@wrong_operation("formula", twin=Norm, cause=r"\by\b|output|norm|proportional")
class NormWithoutDivision(Norm):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, _ = ctx.saved
        return x * grad[:, None]  # not divided by the norm


@wrong_operation("formula", twin=Variance, cause=r"mean|cent|constant|offset|residual|\bx\b|sum")
class VarianceNotCentred(Variance):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        ctx.save(x, max(x.shape[1], 1))  # x, not x - mean
        return y


@wrong_operation("formula", twin=StandardDeviation, cause=FACTOR_2)
class StandardDeviationTwice(StandardDeviation):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return 2 * super().backward(ctx, grad)  # the root's 1/2 is missing


@wrong_operation("formula", twin=LayerNorm, cause=r"mean|constant|sum|residual|column|row|offset|axis")
class LayerNormConstantMean(LayerNorm):
    def backward(self, ctx: Context, grad: Any) -> Any:
        y, deviation, k = ctx.saved
        return (grad - y * np.sum(grad * y, axis=1, keepdims=True) / k) / deviation  # mean(grad) is missing


@wrong_operation(
    "formula", twin=LayerNorm, cause=r"\by\b|output|deviation|varian|residual|proportional|diagonal"
)
class LayerNormConstantDeviation(LayerNorm):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, deviation, k = ctx.saved
        return (grad - np.sum(grad, axis=1, keepdims=True) / k) / deviation  # the term with y is missing


@wrong_operation("formula", twin=CrossEntropy, cause=r"factor|mean|batch|\bn\b|times")
class CrossEntropyNotAveraged(CrossEntropy):
    def backward(self, ctx: Context, grad: Any) -> Any:
        log_p, hot, _ = ctx.saved
        return (grad * (np.exp(log_p) - hot) if ctx.needs[0] else None, None)  # not divided by n


@wrong_operation("formula", twin=BinaryCrossEntropy, cause=r"sign|target|input 1|offset")
class BinaryCrossEntropySign(BinaryCrossEntropy):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, target, n = ctx.saved
        return (
            grad * (np.exp(-np.logaddexp(0, -x)) + target) / n if ctx.needs[0] else None,  # + for -
            -grad * x / n if ctx.needs[1] else None,
        )


@wrong_operation("formula", twin=CosineSimilarity, cause=r"residual|proportional|\bx\b|constant|norm|project")
class CosineConstantNorm(CosineSimilarity):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, a, b, _ = ctx.saved
        # The lengths are treated as constants.
        return (grad * y / (a * b) if ctx.needs[0] else None, grad * x / (a * b) if ctx.needs[1] else None)


@wrong_operation("formula", twin=Glu, cause=r"swap|permut|halves|half|column|order|interchang")
class GluHalvesSwapped(Glu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, s = ctx.saved
        return np.concatenate((grad * a * s * (1 - s), grad * s), axis=1)  # b's gradient first


@wrong_operation("formula", twin=CumulativeSum, cause=r"revers|flip|transpos|order|direction|permut")
class CumulativeSumForwards(CumulativeSum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.cumsum(grad)  # runs from the wrong end


@wrong_operation("formula", twin=Conv1d, cause=r"revers|flip|permut|order|mirror")
class Conv1dKernelFlipped(Conv1d):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dkernel = super().backward(ctx, grad)
        return (dx, np.flip(dkernel) * 1 if ctx.needs[1] else None)  # correlation taken for convolution
