"""Gradients that go to the wrong place, or overwrite each other there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.indexing import (
    EverySecond,
    MaskedMean,
    MaskedSum,
    Pick,
    SegmentSum,
    Sort,
    TakeRows,
    TakeRowsOnce,
    UpperDiagonal,
    WindowSum,
    one_hot,
)
from .twins.losses import CrossEntropy

if TYPE_CHECKING:
    from minigrad_core import Context

DUPLICATES = r"duplicat|repeat|overwrit|same index|accumul|twice|more than once"
NEGATIVE = r"negative|< ?0|wrap"
PLACE = r"permut|order|position|place|shift|index|row|entry|step|revers|strid"


@wrong_operation("index", twin=TakeRowsOnce, cause=DUPLICATES)
class TakeOverwrites(TakeRowsOnce):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, shape = ctx.saved
        total = np.zeros(shape, grad.dtype)
        total[index] += grad  # of a row taken twice, one gradient is lost (pytorch#1528)
        return (total if ctx.needs[0] else None, None)


@wrong_operation("index", twin=TakeRows, cause=DUPLICATES + r"|mean|average|factor|half|count")
class TakeAverages(TakeRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        hot = one_hot(index, size, grad.dtype)
        count = np.maximum(np.sum(hot, axis=0), 1)
        return ((hot.T @ grad) / count[:, None] if ctx.needs[0] else None, None)  # mean over a row's copies


@wrong_operation("index", twin=TakeRows, cause=NEGATIVE)
class TakeNegative(TakeRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        hot = (index[:, None] == np.arange(size)).astype(grad.dtype)  # a negative index equals none of them
        return (hot.T @ grad if ctx.needs[0] else None, None)


@wrong_operation("index", twin=TakeRows, cause=r"row 0|index 0|entry|zero|first|padding|row")
class TakePaddingRow(TakeRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        hot = one_hot(index, size, grad.dtype) * (np.arange(size) > 0)  # row 0 is always taken for padding
        return (hot.astype(grad.dtype).T @ grad if ctx.needs[0] else None, None)


@wrong_operation("index", twin=TakeRows, cause=PLACE)
class TakeOffByOne(TakeRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        return (one_hot(index + 1, size, grad.dtype).T @ grad if ctx.needs[0] else None, None)  # the next row


@wrong_operation("index", twin=Pick, cause=r"row|first|index|entry|position|place|column|permut")
class PickFirstIndex(Pick):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (hot,) = ctx.saved
        return (grad[:, None] * hot[:1] if ctx.needs[0] else None, None)  # the first row's index for all


@wrong_operation("index", twin=Pick, cause=NEGATIVE)
class PickAbsoluteIndex(Pick):
    def forward(self, ctx: Context, x: Any, index: Any) -> Any:
        y = super().forward(ctx, x, index)
        ctx.save(one_hot(np.abs(index), x.shape[1], x.dtype))  # -2 is remembered as 2
        return y


@wrong_operation("index", twin=CrossEntropy, cause=NEGATIVE + r"|label|ignor")
class CrossEntropyNegativeLabel(CrossEntropy):
    def forward(self, ctx: Context, logits: Any, labels: Any) -> Any:
        y = super().forward(ctx, logits, labels)
        log_p, hot, n = ctx.saved
        ctx.save(log_p, hot * (labels >= 0)[:, None].astype(logits.dtype), n)  # counted, but not subtracted
        return y


@wrong_operation("index", twin=MaskedSum, cause=r"mask|invert|complement|where|boolean|swap")
class MaskInverted(MaskedSum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (mask,) = ctx.saved
        return (np.where(mask, 0.0, grad) if ctx.needs[0] else None, None)  # the values left out get grad


@wrong_operation("index", twin=MaskedSum, cause=r"mask|order|position|place|first|permut|boolean")
class MaskPackedFront(MaskedSum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (mask,) = ctx.saved
        front = np.arange(mask.shape[0]) < np.count_nonzero(mask)
        # As many as there are, but in front.
        return (np.where(front, grad, 0.0) if ctx.needs[0] else None, None)


@wrong_operation("index", twin=MaskedMean, cause=r"mask|false|empty|zero|divi|nan|finite|none")
class MaskAllFalse(MaskedMean):
    def forward(self, ctx: Context, x: Any, mask: Any) -> Any:
        count = np.sum(mask, dtype=x.dtype)
        ctx.save(mask, count)
        return np.sum(np.where(mask, x, 0.0)) / count  # 0 / 0 under a mask that is all false


@wrong_operation("index", twin=EverySecond, cause=PLACE)
class EverySecondIgnoresStep(EverySecond):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        ctx.save(np.eye(x.shape[0], dtype=x.dtype)[: y.shape[0]])  # rows 0, 1, ... for 0, 2, ...
        return y


@wrong_operation("index", twin=Sort, cause=PLACE + "|sort|transpos|inverse")
class SortNotInverted(Sort):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (order,) = ctx.saved
        return grad[order]  # the permutation for its inverse: the same for up to two values


@wrong_operation("index", twin=WindowSum, cause=DUPLICATES + r"|overlap|window|sum|factor|missing")
class WindowOverwrites(WindowSum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        total = np.zeros(grad.shape[0] + 2, grad.dtype)
        for i in range(grad.shape[0]):
            total[i : i + 3] = grad[i]  # overlapping windows overwrite each other
        return total


@wrong_operation("index", twin=SegmentSum, cause=PLACE + "|group|sort")
class SegmentSumSorted(SegmentSum):
    def forward(self, ctx: Context, x: Any, group: Any) -> Any:
        y = super().forward(ctx, x, group)
        ctx.save(one_hot(np.sort(group), 3, x.dtype))  # takes the groups to be sorted
        return y


@wrong_operation("index", twin=UpperDiagonal, cause=PLACE + "|diagonal|offset|transpos")
class UpperDiagonalOffset(UpperDiagonal):
    def backward(self, ctx: Context, grad: Any) -> Any:
        place = np.eye(4, dtype=grad.dtype)
        return place[:, :3] @ (grad[:, None] * place[:3])  # on the main diagonal
