"""Gradients of the wrong shape, summed over the wrong axes, or laid out in the wrong order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.linalg import Affine, Outer, ScaleRows, SquareMatmul
from .twins.pairs import Add
from .twins.reductions import LogSumExp
from .twins.shapes import (
    AddColumn,
    Concatenate,
    Flatten,
    Halves,
    PadFront,
    RepeatRow,
    Roll,
    ScaleAll,
    Tile,
    Transpose,
)

if TYPE_CHECKING:
    from minigrad_core import Context

SHAPE = r"shape|\([0-9]+,|dimension|axis|ndim"
SUM = r"sum|reduc|axis|unbroadcast|leading|shape"
ORDER = r"order|permut|transpos|interleav|reshape|swap|revers|shift|roll|position|place"


@wrong_operation("shape", twin=Affine, cause=SUM)
class AffineBiasNotSummed(Affine):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dweight, _ = super().backward(ctx, grad)
        return dx, dweight, grad * 1 if ctx.needs[2] else None  # (n, m) for (m,)


@wrong_operation("shape", twin=Affine, cause=r"mean|average|factor|sum|axis 0")
class AffineBiasMean(Affine):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dweight, dbias = super().backward(ctx, grad)
        return dx, dweight, dbias / max(grad.shape[0], 1) if dbias is not None else None  # mean for sum


@wrong_operation("shape", twin=Affine, cause=SHAPE)
class AffineBiasRow(Affine):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dweight, _ = super().backward(ctx, grad)
        return dx, dweight, np.sum(grad, axis=0, keepdims=True) if ctx.needs[2] else None  # (1, m) for (m,)


@wrong_operation("shape", twin=Affine, cause=SHAPE + "|transpos")
class AffineWeightTransposed(Affine):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, _, dbias = super().backward(ctx, grad)
        x, _ = ctx.saved
        return dx, grad.T @ x if ctx.needs[1] else None, dbias  # (m, k) for (k, m)


@wrong_operation("shape", twin=SquareMatmul, cause=r"transpos")
class SquareMatmulTransposed(SquareMatmul):
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        # Fits only when square.
        return (grad @ b.T if ctx.needs[0] else None, grad.T @ a if ctx.needs[1] else None)


@wrong_operation("shape", twin=ScaleRows, cause=SUM)
class ScaleRowsNotSummed(ScaleRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, scale = ctx.saved
        return (
            grad * scale[:, None] if ctx.needs[0] else None,
            grad * x if ctx.needs[1] else None,  # (n, k) for (n,)
        )


@wrong_operation("shape", twin=ScaleRows, cause=r"sum|mean|average|column|axis|missing|first|only")
class ScaleRowsFirstColumn(ScaleRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, scale = ctx.saved
        return (
            grad * scale[:, None] if ctx.needs[0] else None,
            np.sum((grad * x)[:, :1], axis=1) if ctx.needs[1] else None,  # one column for the sum of all
        )


@wrong_operation("shape", twin=AddColumn, cause=SHAPE)
class AddColumnLosesAxis(AddColumn):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (
            grad * 1 if ctx.needs[0] else None,
            np.sum(grad, axis=1) if ctx.needs[1] else None,  # (n,) for (n, 1)
        )


@wrong_operation("shape", twin=ScaleAll, cause=SHAPE + r"|0-d|scalar|sum")
class ScaleAllFactorAxis(ScaleAll):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, factor = ctx.saved
        return (
            grad * factor if ctx.needs[0] else None,
            np.sum(grad * x).reshape(1) if ctx.needs[1] else None,  # (1,) for ()
        )


@wrong_operation("shape", twin=Add, cause=SUM + r"|broadcast")
class AddWithoutUnbroadcast(Add):
    broadcasts = False  # it broadcasts, does not say so, and leaves the gradients in the output's shape


@wrong_operation("shape", twin=Outer, cause=SHAPE + "|swap|permut|input")
class OuterSwapped(Outer):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dy = super().backward(ctx, grad)
        return dy, dx  # x's gradient for y


@wrong_operation("shape", twin=Transpose, cause=ORDER)
class TransposeByReshape(Transpose):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad.reshape(grad.shape[1], grad.shape[0]) * 1  # the right shape, the wrong order


@wrong_operation("shape", twin=Transpose, cause=SHAPE + "|transpos")
class TransposeNotUndone(Transpose):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * 1  # (m, n) for (n, m)


@wrong_operation("shape", twin=Flatten, cause=ORDER)
class FlattenColumnMajor(Flatten):
    def backward(self, ctx: Context, grad: Any) -> Any:
        ((n, m),) = ctx.saved
        return grad.reshape(m, n).T * 1  # rows out, columns in


@wrong_operation("shape", twin=RepeatRow, cause=r"mean|average|factor|sum|third|axis 0|0\.33")
class RepeatRowMean(RepeatRow):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.sum(grad, axis=0) / 3  # mean for sum


@wrong_operation("shape", twin=Concatenate, cause=SHAPE + r"|offset|split|input")
class ConcatenateEqualHalves(Concatenate):
    def backward(self, ctx: Context, grad: Any) -> Any:
        half = grad.shape[0] // 2  # right if both have as many rows
        return (grad[:half] * 1 if ctx.needs[0] else None, grad[half:] * 1 if ctx.needs[1] else None)


@wrong_operation("shape", twin=Concatenate, cause=SHAPE + r"|order|swap|input|permut")
class ConcatenateReversed(Concatenate):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (n,) = ctx.saved
        m = grad.shape[0] - n
        # y's rows come first.
        return (grad[m:] * 1 if ctx.needs[0] else None, grad[:m] * 1 if ctx.needs[1] else None)


@wrong_operation("shape", twin=Halves, cause=ORDER)
class HalvesSideBySide(Halves):
    def backward(self, ctx: Context, even: Any, odd: Any) -> Any:
        return np.concatenate((even, odd), axis=1)  # not interleaved


@wrong_operation("shape", twin=Roll, cause=ORDER)
class RollSameDirection(Roll):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (rest,) = ctx.saved
        return np.concatenate((grad[rest:], grad[:rest]))  # moved on, not back


@wrong_operation("shape", twin=PadFront, cause=ORDER + r"|offset|first|last|index")
class PadFrontCropsEnd(PadFront):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad[:-2] * 1  # the padding was in front


@wrong_operation("shape", twin=Tile, cause=ORDER + r"|axis|sum")
class TileAsRepeat(Tile):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.sum(grad.reshape(grad.shape[0] // 2, 2), axis=1)  # a a b b for a b a b


@wrong_operation("shape", twin=LogSumExp, cause=SHAPE + "|sum|broadcast|transpos|row")
class LogSumExpBroadcastsRows(LogSumExp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        shift = np.where(np.isfinite(y), y, 0.0)
        return grad * np.exp(x - shift[:, None])  # (n,) against (n, k): along the wrong axis, or an error
