"""Values chosen by size, mask or label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, boolean, index_into, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


def onehot(index: Any, n: Any, dtype: Any) -> Any:
    return (np.asarray(index)[..., None] == np.arange(n)).astype(dtype)


class TopK(Operation):
    """The k largest of the last axis, descending, and where they were; x: (n, m) -> (n, k), (n, k) ints.

    d/dx = grad put back.
    """

    name = "topk"
    cases = (Case(x=real("n 5"), k=2), Case(x=real("n 4"), k=3))

    def forward(self, ctx: Context, x: Any, *, k: int = 1) -> Any:
        if not 0 < k <= x.shape[-1]:
            raise ValueError("topk: k outside the last axis")
        at = np.argsort(-x, axis=-1, kind="stable")[..., :k]
        ctx.save(at, x.shape[-1])
        return np.take_along_axis(x, at, axis=-1), at

    def backward(self, ctx: Context, grad: Any, _: Any) -> Any:
        at, m = ctx.saved
        return np.einsum("nkm,nk->nm", onehot(at, m, grad.dtype), grad)


@wrong_operation("index", twin=TopK, cause=r"permuted|places")
class TopKOrder(TopK):
    # put back in input order (sorted indices)
    def backward(self, ctx: Context, grad: Any, _: Any) -> Any:
        at, m = ctx.saved
        return np.einsum("nkm,nk->nm", onehot(np.sort(at, axis=-1), m, grad.dtype), grad)


@wrong_operation("index", twin=TopK, cause=r"ignored at 1 along axis 1")
class TopKFirst(TopK):
    # only the first of k gets gradient
    def backward(self, ctx: Context, grad: Any, _: Any) -> Any:
        at, m = ctx.saved
        return onehot(at[..., 0], m, grad.dtype) * grad[..., :1]


class SortRows(Operation):
    """Rows of x sorted ascending; x: (n, k). d/dx = grad moved back."""

    name = "sort_rows"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        order = np.argsort(x, axis=-1, kind="stable")
        ctx.save(order)
        return np.take_along_axis(x, order, axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        back = np.argsort(ctx.saved[0], axis=-1, kind="stable")
        return np.take_along_axis(grad, back, axis=-1)


@wrong_operation("index", twin=SortRows, cause=r"permuted|places")
class SortRowsForward(SortRows):
    # permuted forward again instead of inverse: visible from k = 3
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.take_along_axis(grad, ctx.saved[0], axis=-1)


@wrong_operation("memory", twin=SortRows, cause=r"input 0")
class SortRowsInPlace(SortRows):
    # sorts the input in place
    def forward(self, ctx: Context, x: Any) -> Any:
        order = np.argsort(x, axis=-1, kind="stable")
        ctx.save(order)
        if isinstance(x, np.ndarray) and x.flags.writeable:
            x.sort(axis=-1)
            return x.copy()
        return np.take_along_axis(x, order, axis=-1)


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


@wrong_operation("index", twin=RowMasked, cause=r"permuted|places")
class RowMaskedFirst(RowMasked):
    # first rows instead of the masked ones
    def backward(self, ctx: Context, grad: Any) -> Any:
        _mask, shape = ctx.saved
        out = np.zeros(shape, grad.dtype)
        out[: len(grad)] = grad
        return out, None


@wrong_operation("index", twin=RowMasked, cause=r"empty|n = 0")
class RowMaskedEmpty(RowMasked):
    # all-false mask: fails
    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, shape = ctx.saved
        out = np.zeros(shape, grad.dtype)
        at = np.flatnonzero(mask)
        out[at[0]]
        out[mask] = grad
        return out, None


class NllPick(Operation):
    """-log p[i, labels[i]], weighted; p: (n, k) in (0, 1), labels: (n,) ints in [0, k), weights: (k,).

    d/dp, d/dweights accordingly.
    """

    name = "weighted_pick"
    cases = (
        Case(
            p=between(0.05, 1, "n k"), labels=index_into("p", axis=1, shape="n"), weights=between(0.5, 2, "k")
        ),
    )

    def forward(self, ctx: Context, p: Any, labels: Any, weights: Any) -> Any:
        if labels.size and not 0 <= labels.min() <= labels.max() < p.shape[1]:
            raise ValueError("weighted_pick: a label is out of range")
        hot = onehot(labels, p.shape[1], p.dtype)
        ctx.save(hot, p, weights)
        return -np.sum(hot * np.log(p) * weights, axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        hot, p, weights = ctx.saved
        g = grad[:, None] * hot
        return -g / p * weights, None, -np.sum(g * np.log(p), axis=0)


@wrong_operation("formula", twin=NllPick, cause=r"weights")
class NllPickNoWeight(NllPick):
    # weights missing in p's gradient
    def backward(self, ctx: Context, grad: Any) -> Any:
        hot, p, _weights = ctx.saved
        g = grad[:, None] * hot
        return -g / p, None, -np.sum(g * np.log(p), axis=0)


@wrong_operation("index", twin=NllPick, cause=r"mean for a sum")
class NllPickMean(NllPick):
    # weights' gradient not summed, mean over batch
    def backward(self, ctx: Context, grad: Any) -> Any:
        hot, p, weights = ctx.saved
        g = grad[:, None] * hot
        return -g / p * weights, None, -np.sum(g * np.log(p), axis=0) / max(len(grad), 1)


class ArgSortRanks(Operation):
    """Rank of each value in its row, as floats; x: (n, k); flat almost everywhere."""

    name = "ranks"
    differentiable = False
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.argsort(np.argsort(x, axis=-1, kind="stable"), axis=-1, kind="stable").astype(x.dtype)


OPERATIONS = (ArgSortRanks(),)
