"""Rows taken by index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, boolean, index_into, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


def onehot(index: Any, n: Any, dtype: Any) -> Any:
    return (np.asarray(index)[..., None] == np.arange(n)).astype(dtype)


class Embedding(Operation):
    """table[ids]; table: (n, k), ids: (m,) ints in [-n, n) -> (m, k).

    d/dtable = grad added up by row; padding row gets none.
    """

    name = "my_embedding"
    cases = (
        Case(table=real("n k"), ids=index_into("table", axis=0, shape="m")),
        Case(table=real("n k"), ids=index_into("table", axis=0, shape="m"), padding=0),
    )

    def forward(self, ctx: Context, table: Any, ids: Any, *, padding: int | None = None) -> Any:
        n = table.shape[0]
        if padding is not None and not 0 <= padding < n:
            raise ValueError("embedding: padding is outside the table")
        rows = np.where(ids < 0, ids + n, ids)
        ctx.save(rows, n, padding)
        out = table[ids]
        return out if padding is None else out * (rows != padding)[:, None]

    def backward(self, ctx: Context, grad: Any) -> Any:
        rows, n, padding = ctx.saved
        g = onehot(rows, n, grad.dtype).T @ grad
        return (g if padding is None else g * (np.arange(n) != padding)[:, None]), None


@wrong_operation("coverage", twin=Embedding, cause=r"padding")
class EmbeddingPadding(Embedding):
    # padding ignored in backward
    def backward(self, ctx: Context, grad: Any) -> Any:
        rows, n, _padding = ctx.saved
        return onehot(rows, n, grad.dtype).T @ grad, None


@wrong_operation("index", twin=Embedding, cause=r"negative")
class EmbeddingNegative(Embedding):
    # negative indices dropped
    def forward(self, ctx: Context, table: Any, ids: Any, *, padding: int | None = None) -> Any:
        n = table.shape[0]
        if padding is not None and not 0 <= padding < n:
            raise ValueError("embedding: padding is outside the table")
        ctx.save(ids, n, padding)
        out = table[ids]
        return out if padding is None else out * (ids % n != padding)[:, None]


@wrong_operation("index", twin=Embedding, cause=r"repeats")
class EmbeddingDuplicates(Embedding):
    # duplicates overwritten
    once_differentiable = "writes"

    def backward(self, ctx: Context, grad: Any) -> Any:
        rows, n, padding = ctx.saved
        out = np.zeros((n, grad.shape[1]), grad.dtype)
        out[rows] = grad
        if padding is not None:
            out[padding] = 0
        return out, None


@wrong_operation("index", twin=Embedding, cause=r"mean for a sum|averaged")
class EmbeddingMean(Embedding):
    # scaled by frequency: mean over duplicates
    def backward(self, ctx: Context, grad: Any) -> Any:
        rows, n, padding = ctx.saved
        hot = onehot(rows, n, grad.dtype)
        g = hot.T @ grad / np.maximum(hot.sum(axis=0), 1)[:, None]
        return (g if padding is None else g * (np.arange(n) != padding)[:, None]), None


class TakeAlong(Operation):
    """x[i, index[i, j]]; x: (n, k), index: (n, m) ints in [0, k) -> (n, m).

    d/dx = grad added up at the indices.
    """

    name = "pick_along"
    cases = (Case(x=real("n k"), index=index_into("x", axis=1, shape="n m")),)

    def forward(self, ctx: Context, x: Any, index: Any) -> Any:
        if index.size and index.min() < 0:
            raise ValueError("pick_along: negative index")
        ctx.save(index, x.shape[1])
        return np.take_along_axis(x, index, axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        index, k = ctx.saved
        return np.einsum("nmk,nm->nk", onehot(index, k, grad.dtype), grad), None


@wrong_operation("index", twin=TakeAlong, cause=r"repeats")
class TakeAlongPut(TakeAlong):
    # put_along_axis: duplicates overwritten
    once_differentiable = "writes"

    def backward(self, ctx: Context, grad: Any) -> Any:
        index, k = ctx.saved
        out = np.zeros((index.shape[0], k), grad.dtype)
        np.put_along_axis(out, index, grad, axis=1)
        return out, None


@wrong_operation("dtype", twin=TakeAlong, cause=r"None for it")
class TakeAlongIndex(TakeAlong):
    # one gradient for a float-typed index
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, k = ctx.saved
        return np.einsum("nmk,nm->nk", onehot(index, k, grad.dtype), grad), np.zeros(index.shape, grad.dtype)


class MaskedFill(Operation):
    """x with value where mask; x, mask: (n, k). d/dx = grad where not mask."""

    name = "masked_fill"
    cases = (
        Case(x=real("n k"), mask=boolean("n k"), value=-1e9),
        Case(x=real("n k"), mask=boolean("n k"), value=0.5),
    )

    def forward(self, ctx: Context, x: Any, mask: Any, *, value: float = 0.0) -> Any:
        ctx.save(mask)
        return np.where(mask, value, x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.where(ctx.saved[0], 0, grad), None


@wrong_operation("coverage", twin=MaskedFill, cause=r"mask is true: it must be zero")
class MaskedFillAll(MaskedFill):
    # gradient not masked
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad + 0, None


@wrong_operation("memory", twin=MaskedFill, cause=r"input 0")
class MaskedFillInPlace(MaskedFill):
    # fills the input in place
    def forward(self, ctx: Context, x: Any, mask: Any, *, value: float = 0.0) -> Any:
        ctx.save(mask)
        if isinstance(x, np.ndarray):
            x[mask] = value
            return x.copy()
        return np.where(mask, value, x)
