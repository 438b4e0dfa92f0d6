"""Faults in operations on arrays as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .idioms.elementwise import Arctanh, Polynomial, Rsqrt, Softsign, WeightedAdd
from .idioms.kinked import ClipBounds, HardSwish, Prelu
from .idioms.linalg import PairDistances, SolveShifted
from .idioms.reductions import MeanWhere, RowArgmaxMax, SoftmaxAxis, VarianceDdof
from .idioms.reshaping import (
    Concat,
    Diagonal,
    FlipAxis,
    GatherColumns,
    SplitHalf,
    StackRows,
    TopTwo,
)

if TYPE_CHECKING:
    from minigrad_core import Context


@wrong_operation("shape", twin=Concat, cause=r"axis|shape|order|split|part")
class ConcatNegativeAxis(Concat):
    def backward(self, ctx: Context, grad: Any) -> Any:
        ends, axis = ctx.saved
        ctx.save(ends, max(axis, 0))  # -1 is taken for 0
        return super().backward(ctx, grad)


@wrong_operation("shape", twin=Concat, cause=r"order|revers|swap|permut|shape|input")
class ConcatReversed(Concat):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, grad)[::-1]  # the last array's part first


@wrong_operation("protocol", twin=StackRows, cause=r"needs|subset|number|gradients?|asked|order|input")
class StackRowsOnlyNeeded(StackRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        needed = [i for i, need in enumerate(ctx.needs) if need]
        rows = iter(grad[: len(needed)])  # the first rows of grad, whichever inputs are needed
        return tuple(next(rows) * 1 if need else None for need in ctx.needs)


@wrong_operation("memory", twin=StackRows, cause=r"memory|alias|same|share|view|grad")
class StackRowsViews(StackRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return tuple(grad[i] for i in range(len(ctx.needs)))  # views of grad


@wrong_operation("cotangent", twin=SplitHalf, cause=r"output|swap|order|exchang|permut|half|halves")
class SplitHalfSwapped(SplitHalf):
    def backward(self, ctx: Context, left: Any, right: Any) -> Any:
        return np.concatenate([right, left], axis=1)  # the right half's gradient on the left


@wrong_operation("index", twin=TopTwo, cause=r"order|permut|revers|swap|position|index|place")
class TopTwoReversed(TopTwo):
    def backward(self, ctx: Context, grad: Any) -> Any:
        order, n = ctx.saved
        # The second's for the first.
        return np.flip(grad) @ (order[:, None] == np.arange(n)).astype(grad.dtype)


@wrong_operation(
    "index", twin=GatherColumns, cause=r"duplicat|overwrit|repeat|accumul|same|twice|more than once"
)
class GatherColumnsOverwrites(GatherColumns):
    once_differentiable = "the gradient is written into a buffer"

    def backward(self, ctx: Context, grad: Any) -> Any:
        index, k = ctx.saved
        dx = np.zeros((index.shape[0], k), grad.dtype)
        np.put_along_axis(dx, index % max(k, 1), grad, axis=1)  # of a column asked for twice, one is lost
        return dx, None


@wrong_operation("coverage", twin=FlipAxis, cause=r"axis|flip|revers|order|permut|setting")
class FlipAllAxes(FlipAxis):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.flip(grad).copy()  # along all axes


@wrong_operation("formula", twin=Diagonal, cause=r"diagonal|sum|row|axis|off")
class DiagonalRowSums(Diagonal):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad.sum(axis=1)  # also what stands beside the diagonal


@wrong_operation("formula", twin=SolveShifted, cause=r"transpos|input|symmetr")
class SolveWithoutTranspose(SolveShifted):
    def backward(self, ctx: Context, grad: Any) -> Any:
        matrix, y = ctx.saved
        db = np.linalg.solve(matrix, grad)  # matrix for matrix.T
        return -np.outer(db, y), db


@wrong_operation("formula", twin=PairDistances, cause=r"half|symmetr|transpos|term|grad\.T|side|one of")
class PairDistancesOneSide(PairDistances):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (difference,) = ctx.saved
        return 2 * (grad[:, :, None] * difference).sum(axis=1)  # each point is in a row and in a column


@wrong_operation(
    "stability", twin=PairDistances, cause=r"precision|cancel|accura|digits|float32|float64|round|close"
)
class PairDistancesExpanded(PairDistances):
    def forward(self, ctx: Context, x: Any) -> Any:
        super().forward(ctx, x)
        squares = (x * x).sum(axis=1)
        return squares[:, None] + squares - 2 * (x @ x.T)  # cancels for points that are close to each other


@wrong_operation("index", twin=RowArgmaxMax, cause=r"row|index|flat|position|place|first|permut|order|column")
class RowArgmaxFlat(RowArgmaxMax):
    def backward(self, ctx: Context, grad: Any, _: Any) -> Any:
        index, (n, k) = ctx.saved
        hot = (index[:, None] == np.arange(n * k)).astype(grad.dtype)  # indices into the flattened array
        return (grad @ hot).reshape(n, k)


@wrong_operation("coverage", twin=VarianceDdof, cause=r"ddof|setting|factor|times|scale")
class VarianceDdofIgnored(VarianceDdof):
    def backward(self, ctx: Context, grad: Any) -> Any:
        centred, _, axis, keepdims = ctx.saved
        ctx.save(centred, centred.shape[axis], axis, keepdims)  # the count, without ddof
        return super().backward(ctx, grad)


@wrong_operation("coverage", twin=SoftmaxAxis, cause=r"axis|setting|sum")
class SoftmaxAxisLast(SoftmaxAxis):
    def backward(self, ctx: Context, grad: Any) -> Any:
        out, _ = ctx.saved
        product = grad * out
        return product - out * product.sum(axis=-1, keepdims=True)  # the last axis, whichever was asked for


@wrong_operation(
    "coverage", twin=ClipBounds, cause=r"low|high|None|setting|x ?(<|>)|negative|only|where|bound"
)
class ClipNoneIsZero(ClipBounds):
    def forward(self, ctx: Context, x: Any, *, low: float | None = None, high: float | None = None) -> Any:
        y = super().forward(ctx, x, low=low, high=high)
        ctx.save((x > (low or 0)) & (y == x))  # without a lower bound: 0
        return y


@wrong_operation("formula", twin=Prelu, cause=r"where|x ?(<|>)|positive|negative|only|mask|input 1|sum")
class PreluSlopeEverywhere(Prelu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, slope = ctx.saved
        return np.where(x > 0, grad, grad * slope), (grad * x).sum(0)  # also where x > 0


@wrong_operation("coverage", twin=HardSwish, cause=r"x ?(<|>)|large|only|where|\|x\|")
class HardSwishBeyond(HardSwish):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x <= -3, 0.0, grad * (2 * x + 3) / 6)  # the parabola goes on beyond 3


@wrong_operation("coverage", twin=Softsign, cause=r"x ?(<|>)|negative|positive|only|where")
class SoftsignNegative(Softsign):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        ctx.save(1 + np.maximum(x, 0) - 0.5 * np.minimum(x, 0))  # right for positive x
        return y


@wrong_operation("formula", twin=Arctanh, cause=r"\bx\b|sign|proportional|1 ?[-+]")
class ArctanhAsArctan(Arctanh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / (1 + x * x)  # the derivative of arctan


@wrong_operation("formula", twin=Rsqrt, cause=r"sign|negat|opposite|-1\b")
class RsqrtSign(Rsqrt):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return -super().backward(ctx, grad)  # two minus signs


@wrong_operation("formula", twin=Polynomial, cause=r"constant|offset|residual|\b5\b|add|plus")
class PolynomialConstant(Polynomial):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, grad) + 5 * grad  # the constant term stays


@wrong_operation("dtype", twin=WeightedAdd, cause=r"integer|int|None|input 2|float")
class WeightedAddGradientForInteger(WeightedAdd):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dy, _ = super().backward(ctx, grad)
        return dx, dy, np.zeros(grad.shape)  # a gradient for whole numbers


@wrong_operation("formula", twin=MeanWhere, cause=r"factor|count|mean|size|times|\bn\b|scale|mask")
class MeanWhereOfAll(MeanWhere):
    def backward(self, ctx: Context, grad: Any) -> Any:
        chosen, _ = ctx.saved
        return np.where(chosen, grad / max(chosen.size, 1), 0), None  # by all, not by those chosen
