"""Right reductions."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, axis_of, between, boolean, real


def kept(grad: Any, shape: tuple[int, ...], axis: Any) -> Any:
    """Return `grad` of a reduction over `axis` with the reduced axes put back as size 1."""
    axes = range(len(shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
    reduced = {a % len(shape) for a in axes}
    return grad.reshape(tuple(1 if i in reduced else size for i, size in enumerate(shape)))


REDUCTION_CASES = (
    Case(x=real("n k")),
    Case(x=real("n k"), axis=axis_of("x")),
    Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
    Case(x=real("n k m"), axis=(0, 2)),
)


class Sum(Operation):
    """Sum of x over `axis`. x: any shape; d/dx = grad, repeated over the reduced axes."""

    name = "sum"
    cases = REDUCTION_CASES

    def forward(self, ctx: Context, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        ctx.save(x, axis)
        return np.sum(x, axis=axis, keepdims=keepdims)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis = ctx.saved
        return np.broadcast_to(kept(grad, x.shape, axis), x.shape) * 1


def sum_where(x: Any, where: Any) -> Any:
    """Return the slow and obvious sum."""
    return sum((value for value, counts in zip(x.flat, where.flat, strict=True) if counts), start=0.0)


class SumWhere(Operation):
    """Sum of the values of x where `where`. x: (n, k); d/dx = grad there, 0 elsewhere."""

    name = "sum_where"
    cases = (Case(x=real("n k"), where=boolean("n k")),)
    reference = staticmethod(sum_where)

    def forward(self, ctx: Context, x: Any, where: Any) -> Any:
        ctx.save(where)
        return np.sum(x, where=where)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (where,) = ctx.saved
        return np.where(where, grad, np.zeros_like(grad)), None


class Mean(Operation):
    """Mean of x over `axis`. x: any shape; d/dx = grad / count, repeated over the reduced axes."""

    name = "mean"
    cases = REDUCTION_CASES

    def forward(self, ctx: Context, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        y = np.sum(x, axis=axis, keepdims=keepdims)
        count = max(x.size // max(y.size, 1), 1)
        ctx.save(x, axis, count)
        return y / count

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis, count = ctx.saved
        return np.broadcast_to(kept(grad / count, x.shape, axis), x.shape) * 1


class RowMax(Operation):
    """The largest value of each row. x: (n, k) -> (n,).

    The largest gets grad; tied values share it evenly.
    """

    name = "row_max"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.max(x, axis=1)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        largest = x == y[:, None]
        share = np.where(largest, 1.0 / np.maximum(np.sum(largest, axis=1), 1)[:, None], 0.0)
        return grad[:, None] * share.astype(x.dtype)


class RowProduct(Operation):
    """The product of each row. x: (n, k) -> (n,). d/dx = grad * (the product of the others)."""

    name = "row_product"
    cases = (Case(x=real("n 4")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return x[:, 0] * x[:, 1] * x[:, 2] * x[:, 3]

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        a, b, c, d = x[:, 0], x[:, 1], x[:, 2], x[:, 3]
        others = np.stack((b * c * d, a * c * d, a * b * d, a * b * c), axis=1)
        return grad[:, None] * others


class Variance(Operation):
    """Population variance of each row. x: (n, k) -> (n,). d/dx = grad * 2 (x - mean) / k."""

    name = "variance"
    cases = (Case(x=between(-5, 5, "n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        k = max(x.shape[1], 1)
        centred = x - np.sum(x, axis=1, keepdims=True) / k
        ctx.save(centred, k)
        return np.sum(centred * centred, axis=1) / k

    def backward(self, ctx: Context, grad: Any) -> Any:
        centred, k = ctx.saved
        return grad[:, None] * (2 / k) * centred


class CumulativeSum(Operation):
    """Running sums. x: (n,) -> (n,). d/dx = the running sums of grad from the end."""

    name = "cumsum"
    cases = (Case(x=real("n")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.cumsum(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.flip(np.cumsum(np.flip(grad))) * 1


Fold = Literal["sum", "mean"]


class RowFold(Operation):
    """The sum or the mean of each row. x: (n, k) -> (n,). d/dx = grad, or grad / k."""

    name = "row_fold"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any, *, fold: Fold = "sum") -> Any:
        ctx.save(x, fold)
        return np.sum(x, axis=1) if fold == "sum" else np.mean(x, axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, fold = ctx.saved
        return grad[:, None] * np.ones_like(x) / (1 if fold == "sum" else x.shape[1])
