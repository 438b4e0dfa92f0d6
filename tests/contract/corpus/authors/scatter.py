"""Rows added up by index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, index_into, integers, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


def onehot(index: Any, n: Any, dtype: Any) -> Any:
    return (np.asarray(index)[..., None] == np.arange(n)).astype(dtype)


class SegmentSum(Operation):
    """Sums of rows by segment; x: (n, k), ids: (n,) ints in [0, segments) -> (segments, k).

    d/dx = grad[ids].
    """

    name = "segment_sum"
    cases = (Case(x=real("n k"), ids=integers(0, 3, "n"), segments=3),)

    def forward(self, ctx: Context, x: Any, ids: Any, *, segments: int = 3) -> Any:
        if ids.size and (ids.min() < 0 or ids.max() >= segments):
            raise ValueError("segment_sum: ids out of range")
        ctx.save(ids)
        return onehot(ids, segments, x.dtype).T @ x

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad[ctx.saved[0]], None


@wrong_operation("index", twin=SegmentSum, cause=r"mean for a sum")
class SegmentSumMean(SegmentSum):
    # divided by segment counts
    def backward(self, ctx: Context, grad: Any) -> Any:
        (ids,) = ctx.saved
        counts = np.maximum(onehot(ids, grad.shape[0], grad.dtype).sum(axis=0), 1)
        return (grad / counts[:, None])[ids], None


@wrong_operation("memory", twin=SegmentSum, cause=r"input 1")
class SegmentSumMutates(SegmentSum):
    # modifies ids in place (input mutated)
    def forward(self, ctx: Context, x: Any, ids: Any, *, segments: int = 3) -> Any:
        if ids.size and (ids.min() < 0 or ids.max() >= segments):
            raise ValueError("segment_sum: ids out of range")
        out = onehot(ids, segments, x.dtype).T @ x
        ctx.save(ids.copy())
        ids.sort()
        return out


class ScatterAdd(Operation):
    """base with src added at rows; base: (n, k), rows: (m,) ints in [0, n), src: (m, k).

    d/dbase = grad, d/dsrc = grad[rows].
    """

    name = "scatter_add"
    cases = (Case(base=real("n k"), rows=index_into("base", axis=0, shape="m"), src=real("m k")),)

    def forward(self, ctx: Context, base: Any, rows: Any, src: Any) -> Any:
        if rows.size and not 0 <= rows.min() <= rows.max() < len(base):
            raise ValueError("scatter_add: a row is out of range")
        ctx.save(rows)
        return base + onehot(rows, base.shape[0], base.dtype).T @ src

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad + 0, None, grad[ctx.saved[0]]


@wrong_operation("index", twin=ScatterAdd, cause=r"rows points to.*zero there")
class ScatterAddAsSet(ScatterAdd):
    # base gets zero where written, as for scatter set
    def backward(self, ctx: Context, grad: Any) -> Any:
        (rows,) = ctx.saved
        hit = (onehot(rows, grad.shape[0], grad.dtype).sum(axis=0) > 0)[:, None]
        return np.where(hit, 0, grad), None, grad[rows]


@wrong_operation("index", twin=ScatterAdd, cause=r"repeats")
class ScatterAddOnce(ScatterAdd):
    # forward adds duplicates once (base[rows] += src), gradient is for add
    def forward(self, ctx: Context, base: Any, rows: Any, src: Any) -> Any:
        if rows.size and not 0 <= rows.min() <= rows.max() < len(base):
            raise ValueError("scatter_add: a row is out of range")
        ctx.save(rows)
        if not isinstance(base, np.ndarray) or not isinstance(src, np.ndarray):
            return base + onehot(rows, base.shape[0], base.dtype).T @ src
        out = base.copy()
        out[rows] += src
        return out


@wrong_operation("memory", twin=ScatterAdd, cause=r"input 0")
class ScatterAddInPlace(ScatterAdd):
    # base changed in place
    def forward(self, ctx: Context, base: Any, rows: Any, src: Any) -> Any:
        if rows.size and not 0 <= rows.min() <= rows.max() < len(base):
            raise ValueError("scatter_add: a row is out of range")
        ctx.save(rows)
        base += onehot(rows, base.shape[0], base.dtype).T @ src
        return base + 0
