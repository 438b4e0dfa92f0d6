"""Right operations with indices and masks."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, boolean, index_into, integers, real


class SegmentSum(Operation):
    """out[s] = sum of x[i] where segment[i] = s; x: (n, k), segment: (n,) ints in [0, count) -> (count, k).

    d/dx_i = grad[segment_i]. A segment out of range is an IndexError.
    """

    name = "segment_sum"
    cases = (Case(x=real("n k"), segment=integers(0, 4, "n"), count=4),)
    once_differentiable: ClassVar[bool | str] = "np.add.at writes into a buffer"

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


def one_hot(index: Any, size: int, dtype: Any) -> Any:
    """Return a (len(index), size) matrix whose row i has a 1 at index[i] (which may be negative)."""
    return ((index % max(size, 1))[..., None] == np.arange(size)).astype(dtype)


class TakeRows(Operation):
    """table[index]. table: (n, k), index: (m,) ints -> (m, k).

    d/dtable = rows of grad added up at their index.
    """

    name = "take_rows"
    cases = (Case(table=real("n k"), index=index_into("table", axis=0, shape="m")),)

    def forward(self, ctx: Context, table: Any, index: Any) -> Any:
        ctx.save(index, table.shape[0])
        return table[index]

    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        return (one_hot(index, size, grad.dtype).T @ grad if ctx.needs[0] else None, None)


class TakeRowsOnce(TakeRows):
    """table[index]. table: (n, k), index: (m,) ints -> (m, k).

    d/dtable = rows of grad added up at their index.
    """

    once_differentiable = "the gradient is scattered into a buffer in place"

    def forward(self, ctx: Context, table: Any, index: Any) -> Any:
        ctx.save(index, table.shape)
        return table[index]

    def backward(self, ctx: Context, grad: Any) -> Any:
        index, shape = ctx.saved
        total = np.zeros(shape, grad.dtype)
        np.add.at(total, index, grad)
        return (total if ctx.needs[0] else None, None)


class HingeMulti(Operation):
    """sum_{j != y} max(0, 1 + x_j - x_y) by row; x: (n, c), y: (n,) ints in [0, c) -> (n,) (Weston
    and Watkins).

    d/dx_j = grad [margin > 0]; d/dx_y = minus their number.
    """

    name = "hinge_multi"
    cases = (Case(x=real("n c"), y=index_into("x", axis=1, shape="n")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if y.shape != x.shape[:1]:
            raise ValueError(f"hinge_multi: x {x.shape}, y {y.shape}")
        if y.size and (y.min() < 0 or y.max() >= x.shape[1]):
            raise IndexError(f"hinge_multi: labels must be in [0, {x.shape[1]})")
        hot = y[:, None] == np.arange(x.shape[1])
        own = np.sum(np.where(hot, x, 0), axis=1, keepdims=True)
        margin = np.where(hot, 0, 1 + x - own)
        ctx.save(margin > 0, hot)
        return np.sum(np.maximum(margin, 0), axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        active, hot = ctx.saved
        active = active.astype(grad.dtype)
        return grad[:, None] * (active - hot * active.sum(axis=1, keepdims=True)), None


class RowMasked(Operation):
    """x[mask]; x: (n, k), mask: (n,) booleans -> (m, k). d/dx = grad at those rows, zeros elsewhere."""

    name = "row_mask"
    cases = (Case(x=real("n k"), mask=boolean("n")),)
    once_differentiable = "writes into zeros"

    def forward(self, ctx: Context, x: Any, mask: Any) -> Any:
        ctx.save(mask, x.shape)
        return x[mask]

    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, shape = ctx.saved
        out = np.zeros(shape, grad.dtype)
        out[mask] = grad
        return out, None
