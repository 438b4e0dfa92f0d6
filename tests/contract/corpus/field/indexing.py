"""Indexing, scattering, gathering, segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, boolean, index_into, integers, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class SegmentSum(Operation):
    """out[s] = sum of x[i] where segment[i] = s; x: (n, k), segment: (n,) ints in [0, count) -> (count, k).

    d/dx_i = grad[segment_i]. A segment out of range is an IndexError.
    """

    name = "segment_sum"
    cases = (Case(x=real("n k"), segment=integers(0, 4, "n"), count=4),)
    once_differentiable = "np.add.at writes into a buffer"

    def forward(self, ctx: Context, x: Any, segment: Any, *, count: int = 4) -> Any:
        if len(segment) != len(x):
            raise ValueError(f"segment_sum: {len(x)} rows, {len(segment)} segments")
        if segment.size and (segment.min() < 0 or segment.max() >= count):
            raise IndexError(f"segment_sum: segments must be in [0, {count})")
        out = np.zeros((count, x.shape[1]), x.dtype)
        np.add.at(out, segment, x)
        ctx.save(segment)
        return out

    def backward(self, ctx: Context, grad: Any) -> Any:
        (segment,) = ctx.saved
        return grad[segment], None


@wrong_operation(
    "index", twin=SegmentSum, cause=r"repeat|overwrit|index|duplicat|factor|entries|output|forward|wrong"
)
class SegmentSumOverwrites(SegmentSum):
    def forward(self, ctx: Context, x: Any, segment: Any, *, count: int = 4) -> Any:
        super().forward(ctx, x, segment, count=count)
        out = np.zeros((count, x.shape[1]), x.dtype)
        out[segment] += x  # the last of several rows wins
        return out


@wrong_operation("index", twin=SegmentSum, cause=r"index|row|place|permut|differs|entries|axis 0")
class SegmentSumOfSorted(SegmentSum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (segment,) = ctx.saved
        return grad[np.sort(segment)], None  # as though rows came sorted


class TakeAlong(Operation):
    """x[i, j_il] for j: (n, m) ints in [0, k); x: (n, k) -> (n, m). d/dx adds grad up where an
    index repeats.
    """

    name = "take_along"
    cases = (Case(x=real("n k"), j=index_into("x", axis=1, shape="n m")),)
    once_differentiable = "np.add.at writes into a buffer"

    def forward(self, ctx: Context, x: Any, j: Any) -> Any:
        if j.ndim != 2 or j.shape[0] != x.shape[0]:
            raise ValueError(f"take_along: x {x.shape}, j {j.shape}")
        ctx.save(x.shape, j)
        return np.take_along_axis(x, j, axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, j = ctx.saved
        out = np.zeros(shape, grad.dtype)
        rows = np.arange(shape[0])[:, np.newaxis]
        np.add.at(out, (rows, j), grad)
        return out, None


@wrong_operation("dtype", twin=TakeAlong, cause=r"float64|float32|dtype|promot")
class TakeAlongDouble(TakeAlong):
    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, j = ctx.saved
        out = np.zeros(shape)
        np.add.at(out, (np.arange(shape[0])[:, np.newaxis], j), grad)
        return out, None


@wrong_operation("index", twin=TakeAlong, cause=r"negative|modulo|index|end")
class TakeAlongBincount(TakeAlong):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (n, k), j = ctx.saved
        flat = (np.arange(n)[:, None] * k + j).ravel() % max(n * k, 1)  # -1 is the last of the row before
        return np.bincount(flat, grad.ravel(), n * k).reshape(n, k).astype(grad.dtype), None


class EmbeddingPadded(Operation):
    """table[ids], with no gradient for the row `padding`; table: (v, d), ids: (n, m) ints -> (n, m, d).

    d/dtable adds up by row, except for row `padding`.
    """

    name = "embedding_padded"
    cases = (
        Case(table=real("v d"), ids=index_into("table", axis=0, shape="n m")),
        Case(table=real("v d"), ids=index_into("table", axis=0, shape="n")),
    )

    def forward(self, ctx: Context, table: Any, ids: Any) -> Any:
        if ids.size and (ids.min() < 0 or ids.max() >= table.shape[0]):
            raise IndexError(f"embedding_padded: ids must be in [0, {table.shape[0]})")
        ctx.save(ids, table.shape)
        return table[ids]

    def backward(self, ctx: Context, grad: Any) -> Any:
        ids, (v, d) = ctx.saved
        hot = (np.arange(v)[:, None] == ids.reshape(1, -1)).astype(grad.dtype)
        return hot @ np.reshape(grad, (ids.size, d)), None


@wrong_operation("index", twin=EmbeddingPadded, cause=r"repeat|factor|divid|times|mean|scale|index")
class EmbeddingScaledByCount(EmbeddingPadded):
    def backward(self, ctx: Context, grad: Any) -> Any:
        ids, (v, d) = ctx.saved
        hot = (np.arange(v)[:, None] == ids.reshape(1, -1)).astype(grad.dtype)
        count = np.maximum(hot.sum(axis=1, keepdims=True), 1)
        return hot @ np.reshape(grad, (ids.size, d)) / count, None  # the mean of a row's gradients


@wrong_operation("dtype", twin=EmbeddingPadded, cause=r"none|integer|gradient for|no gradient|labels|input 1")
class EmbeddingGradientForIds(EmbeddingPadded):
    def backward(self, ctx: Context, grad: Any) -> Any:
        table, _ = super().backward(ctx, grad)
        return table, np.zeros(ctx.saved[0].shape)  # a gradient for integers


class MaskedMean(Operation):
    """The mean over x where mask, 0 if nowhere; x, mask: (n, k) -> (). d/dx = grad mask / count."""

    name = "masked_mean"
    cases = (Case(x=real("n k"), mask=boolean("n k")),)

    def forward(self, ctx: Context, x: Any, mask: Any) -> Any:
        if x.shape != mask.shape:
            raise ValueError(f"masked_mean: x {x.shape}, mask {mask.shape}")
        count = max(int(mask.sum()), 1)
        ctx.save(mask, count)
        return np.sum(np.where(mask, x, 0)) / count

    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, count = ctx.saved
        return np.where(mask, grad / count, 0), None


@wrong_operation("index", twin=MaskedMean, cause=r"false|nan|mask|infinity|empty")
class MaskedMeanOfNothing(MaskedMean):
    def forward(self, ctx: Context, x: Any, mask: Any) -> Any:
        if x.shape != mask.shape:
            raise ValueError(f"masked_mean: x {x.shape}, mask {mask.shape}")
        count = int(mask.sum())
        ctx.save(mask, count)
        return np.sum(np.where(mask, x, 0)) / count  # 0 / 0 if nothing is chosen


@wrong_operation("formula", twin=MaskedMean, cause=r"factor|times|mean|size|count")
class MaskedMeanBySize(MaskedMean):
    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, _ = ctx.saved
        return np.where(mask, grad / mask.size, 0), None  # by all values, not by the chosen ones


class ScatterRows(Operation):
    """base with x added at rows; base: (n, k), rows: (m,) ints in [0, n), x: (m, k) -> (n, k).

    d/dbase = grad; d/dx = grad[rows].
    """

    name = "scatter_rows"
    cases = (Case(base=real("n k"), rows=index_into("base", axis=0, shape="m"), x=real("m k")),)

    def forward(self, ctx: Context, base: Any, rows: Any, x: Any) -> Any:
        if rows.shape[:1] != x.shape[:1] or base.shape[1:] != x.shape[1:]:
            raise ValueError(f"scatter_rows: base {base.shape}, rows {rows.shape}, x {x.shape}")
        if rows.size and (rows.min() < 0 or rows.max() >= base.shape[0]):
            raise IndexError("scatter_rows: a row out of range")
        ctx.save(rows)
        hot = (np.arange(base.shape[0])[:, None] == rows).astype(base.dtype)
        return base + hot @ x

    def backward(self, ctx: Context, grad: Any) -> Any:
        (rows,) = ctx.saved
        return (grad * 1 if ctx.needs[0] else None, None, grad[rows] * 1 if ctx.needs[2] else None)


@wrong_operation("memory", twin=ScatterRows, cause=r"shares|grad|copy|memory|view")
class ScatterRowsPassesGrad(ScatterRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (rows,) = ctx.saved
        return grad, None, grad[rows] * 1


@wrong_operation("memory", twin=ScatterRows, cause=r"input|in place|writes|changes")
class ScatterRowsIntoBase(ScatterRows):
    once_differentiable = "np.add.at writes into a buffer"

    def forward(self, ctx: Context, base: Any, rows: Any, x: Any) -> Any:
        if rows.shape[:1] != x.shape[:1] or base.shape[1:] != x.shape[1:]:
            raise ValueError(f"scatter_rows: base {base.shape}, rows {rows.shape}, x {x.shape}")
        if rows.size and (rows.min() < 0 or rows.max() >= base.shape[0]):
            raise IndexError("scatter_rows: a row out of range")
        ctx.save(rows)
        out = np.ascontiguousarray(base)  # no copy if it is already
        np.add.at(out, rows, x)
        return out.copy()


@wrong_operation("protocol", twin=ScatterRows, cause=r"gradients for|number|count|3 inputs|input 2|None")
class ScatterRowsForgetsRows(ScatterRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (rows,) = ctx.saved
        return grad * 1, grad[rows] * 1  # nothing for rows


@wrong_operation("protocol", twin=ScatterRows, cause=r"needs|only|None|input")
class ScatterRowsTiedNeeds(ScatterRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (rows,) = ctx.saved
        both = ctx.needs[0] and ctx.needs[2]  # one alone gets nothing
        return (grad * 1 if ctx.needs[0] else None, None, grad[rows] * 1 if both else None)
