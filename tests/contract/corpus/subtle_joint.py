"""Subtle faults of cotangents, sums, indices, ties and higher derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.attention import Attention, BatchMatmul, Lower, RmsNorm, Symmetric
from .twins.elementwise import Scale, Square, Tanh
from .twins.kinked import Abs
from .twins.pairs import Add, SineCosine
from .twins.reductions import CumulativeSum, RowMax
from .twins.various import Cosh, Distance, Lookup, Step

if TYPE_CHECKING:
    from minigrad_core import Context


@wrong_operation("cotangent", twin=Square, cause=r"linear|large|clip|grad|cotangent|scal")
class SquareHalfRange(Square):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, np.minimum(np.maximum(grad, -65504.0), 65504.0))  # float16's range


@wrong_operation("cotangent", twin=Tanh, cause=r"mean|cent|residual|constant|sum|diagonal|grad")
class TanhCentralisesGrad(Tanh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, grad - np.sum(grad) / max(grad.size, 1))  # linear, but not the Jacobian


@wrong_operation("cotangent", twin=Scale, cause=r"random|determin|differ|again|same")
class ScaleDropsGrad(Scale):
    def backward(self, ctx: Context, grad: Any) -> Any:
        keep = np.random.default_rng().random(grad.shape) < 0.9  # noise on the gradient, right on average
        return super().backward(ctx, np.where(keep, grad / 0.9, 0.0))


@wrong_operation("cotangent", twin=SineCosine, cause=r"output|zero|grad|missing|unused|cotangent")
class SineCosineNeedsBoth(SineCosine):
    def backward(self, ctx: Context, grad: Any, grad_cos: Any) -> Any:
        (_x,) = ctx.saved
        if isinstance(grad_cos, np.ndarray) and not grad_cos.any():
            return grad_cos * 0  # nobody used the cosine: taken for nobody used anything
        return super().backward(ctx, grad, grad_cos)


@wrong_operation("shape", twin=BatchMatmul, cause=r"sum|axis|batch|shape|leading")
class BatchMatmulNotSummed(BatchMatmul):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, weight = ctx.saved
        return (
            grad @ weight.T if ctx.needs[0] else None,
            np.swapaxes(x, 1, 2) @ grad if ctx.needs[1] else None,  # one gradient per member of the batch
        )


@wrong_operation("shape", twin=BatchMatmul, cause=r"sum|axis|batch|only|first|mean|factor")
class BatchMatmulFirstOnly(BatchMatmul):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, weight = ctx.saved
        return (
            grad @ weight.T if ctx.needs[0] else None,
            x[0].T @ grad[0] if ctx.needs[1] else None,  # the first of the batch for the sum of all
        )


@wrong_operation("shape", twin=RmsNorm, cause=r"sum|axis|shape|mean|average|factor")
class RmsNormWeightMean(RmsNorm):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dweight = super().backward(ctx, grad)
        return dx, dweight / max(grad.shape[0], 1) if dweight is not None else None  # mean over n for the sum


@wrong_operation("formula", twin=RmsNorm, cause=r"weight|residual|input 0|proportional|\by\b|mean")
class RmsNormWeightTwice(RmsNorm):
    def backward(self, ctx: Context, grad: Any) -> Any:
        y, r, weight, width = ctx.saved
        mean = np.sum(grad * y, axis=1, keepdims=True) / width  # grad for grad * weight
        _, dweight = super().backward(ctx, grad)
        return ((grad * weight - y * mean) / r if ctx.needs[0] else None, dweight)


@wrong_operation("formula", twin=Attention, cause=r"factor|twice|2|scale|input 0|double")
class AttentionScaleOfQueries(Attention):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dq, dk, dv = super().backward(ctx, grad)
        return 2 * dq if dq is not None else None, dk, dv  # the 1 / 2 of the scores is missing for q


@wrong_operation("formula", twin=Lower, cause=r"triang|upper|above|mask|diagonal|entry")
class LowerPassesAll(Lower):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * 1  # also above the diagonal


@wrong_operation("formula", twin=Symmetric, cause=r"symmetr|transpos|grad\.T|half|term")
class SymmetricOneSide(Symmetric):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * 1  # not symmetrised


@wrong_operation(
    "formula",
    twin=CumulativeSum,
    cause=r"order|shift|exclusive|diagonal|off|position|index|entry|residual|sum",
)
class CumulativeSumExclusive(CumulativeSum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, grad) - grad  # without the value's own gradient


@wrong_operation("index", twin=Lookup, cause=r"duplicat|negative|repeat|overwrit|same|accumul|twice")
class LookupTwoNames(Lookup):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, shape = ctx.saved
        total = np.zeros(shape, grad.dtype)
        for row in np.unique(index):
            total[row] = grad[index == row].sum(axis=0)  # -1 and n - 1 are one row with two names
        return (total if ctx.needs[0] else None, None)


@wrong_operation("index", twin=Lookup, cause=r"shape|last|max|row|\([0-9]+, ")
class LookupUpToLargest(Lookup):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, shape = ctx.saved
        rows = int(np.max(index % shape[0])) + 1 if index.size else 0
        total = np.zeros((rows, *shape[1:]), grad.dtype)  # too few rows unless the last one was asked for
        np.add.at(total, index % shape[0], grad)
        return (total if ctx.needs[0] else None, None)


@wrong_operation("index", twin=Lookup, cause=r"order|transpos|permut|index|position|place|shape")
class LookupColumnMajor(Lookup):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, shape = ctx.saved
        total = np.zeros(shape, grad.dtype)
        # Indices by columns, grad by rows.
        np.add.at(total, index.ravel(order="F"), grad.reshape(-1, shape[1]))
        return (total if ctx.needs[0] else None, None)


@wrong_operation("ties", twin=RowMax, cause=r"tie|tied|equal|kink")
class RowMaxHalfEach(RowMax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        largest = x == y[:, None]
        # Right for two, wrong for three.
        share = np.where(np.sum(largest, axis=1, keepdims=True) > 1, 0.5, 1.0)
        return grad[:, None] * np.where(largest, share, 0.0).astype(x.dtype)


@wrong_operation("ties", twin=Distance, cause=r"zero|nan|finite|equal|tie|\b0\b|kink|warning")
class DistanceOfEqualPoints(Distance):
    def backward(self, ctx: Context, grad: Any) -> Any:
        difference, length = ctx.saved
        direction = difference * (grad / length)  # 0 / 0 where x equals y
        return (direction if ctx.needs[0] else None, -direction if ctx.needs[1] else None)


@wrong_operation("ties", twin=Abs, cause=r"kink|zero|\b0\b|slope|between|one-sided")
class AbsBeyondSlopes(Abs):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x == 0, 2 * grad, grad * np.sign(x))  # 2 is no slope of |x|


@wrong_operation("higher_order", twin=Step, cause=r"differentiable|flat|derivative|gradient|claim|slope")
class StepSlopedFarOut(Step):
    def forward(self, ctx: Context, x: Any) -> Any:
        return np.where(np.abs(x) < 1, (x > 0).astype(x.dtype), 0.1 * x)  # flat only inside (-1, 1)


@wrong_operation("higher_order", twin=Cosh, cause=r"second|higher|order|twice|zero|recorded|constant")
class CoshStopsAtFirst(Cosh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        slope = np.sinh(x)
        # Cut when recorded.
        return grad * (slope if isinstance(x, np.ndarray | np.generic) else slope.detach())


@wrong_operation("dtype", twin=Add, cause=r"None|zero|missing|no gradient|nothing|input 1")
class AddZerosForSecond(Add):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (grad * 1 if ctx.needs[0] else None, grad * 0 if ctx.needs[1] else None)  # zeros for y
