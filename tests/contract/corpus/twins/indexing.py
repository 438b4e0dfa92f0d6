"""Correct operations that pick values by index, and their scatters."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, boolean, index_into, integers, real


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


class Pick(Operation):
    """One value of each row. x: (n, k), index: (n,) ints -> (n,). d/dx = grad at the picked value, else 0."""

    name = "pick"
    cases = (Case(x=real("n k"), index=index_into("x", axis=1, shape="n")),)

    def forward(self, ctx: Context, x: Any, index: Any) -> Any:
        hot = one_hot(index, x.shape[1], x.dtype)
        ctx.save(hot)
        return x[np.arange(x.shape[0]), index]

    def backward(self, ctx: Context, grad: Any) -> Any:
        (hot,) = ctx.saved
        return (grad[:, None] * hot if ctx.needs[0] else None, None)


class MaskedSum(Operation):
    """The sum of the values under a mask. x: (n,), mask: (n,) -> (). d/dx = grad where mask, else 0."""

    name = "masked_sum"
    cases = (Case(x=real("n"), mask=boolean("n")),)

    def forward(self, ctx: Context, x: Any, mask: Any) -> Any:
        ctx.save(mask)
        return np.sum(np.where(mask, x, 0.0))

    def backward(self, ctx: Context, grad: Any) -> Any:
        (mask,) = ctx.saved
        return (np.where(mask, grad, 0.0) if ctx.needs[0] else None, None)


class MaskedMean(Operation):
    """The mean of the values under a mask, 0 if there are none. x: (n,), mask: (n,) -> ().

    d/dx = grad / count where mask, else 0.
    """

    name = "masked_mean"
    cases = (Case(x=real("n"), mask=boolean("n")),)

    def forward(self, ctx: Context, x: Any, mask: Any) -> Any:
        count = max(int(np.count_nonzero(mask)), 1)
        ctx.save(mask, count)
        return np.sum(np.where(mask, x, 0.0)) / count

    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, count = ctx.saved
        return (np.where(mask, grad / count, 0.0) if ctx.needs[0] else None, None)


class EverySecond(Operation):
    """x[::2]. x: (n, k) -> (ceil(n / 2), k). d/dx = grad in rows 0, 2, ..., and zeros in rows 1, 3, ..."""

    name = "every_second"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(np.eye(x.shape[0], dtype=x.dtype)[::2])
        return x[::2] * 1

    def backward(self, ctx: Context, grad: Any) -> Any:
        (rows,) = ctx.saved
        return rows.T @ grad


class Sort(Operation):
    """Values in ascending order. x: (n,) -> (n,). d/dx = grad put back where its value came from."""

    name = "sort"
    cases = (Case(x=real("n")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        order = np.argsort(x, kind="stable")
        ctx.save(order)
        return x[order]

    def backward(self, ctx: Context, grad: Any) -> Any:
        (order,) = ctx.saved
        return grad[np.argsort(order)]


class WindowSum(Operation):
    """Sums of three neighbours, overlapping. x: (n,), n >= 3 -> (n - 2,).

    Each value gets grad of all its windows.
    """

    name = "window_sum"
    cases = (Case(x=real("6")),)
    once_differentiable = "the gradient is scattered into a buffer in place"

    def forward(self, ctx: Context, x: Any) -> Any:
        return x[:-2] + x[1:-1] + x[2:]

    def backward(self, ctx: Context, grad: Any) -> Any:
        total = np.zeros(grad.shape[0] + 2, grad.dtype)
        for i in range(grad.shape[0]):
            total[i : i + 3] += grad[i]
        return total


class SegmentSum(Operation):
    """Row sums by group. x: (n, k), group: (n,) ints in [0, 3) -> (3, k). d/dx = grad[group]."""

    name = "segment_sum"
    cases = (Case(x=real("n k"), group=integers(0, 3, "n")),)

    def forward(self, ctx: Context, x: Any, group: Any) -> Any:
        hot = one_hot(group, 3, x.dtype)
        ctx.save(hot)
        return hot.T @ x

    def backward(self, ctx: Context, grad: Any) -> Any:
        (hot,) = ctx.saved
        return (hot @ grad if ctx.needs[0] else None, None)


class UpperDiagonal(Operation):
    """The diagonal above the main one. x: (n, n) -> (n - 1,). d/dx = grad on that diagonal, 0 elsewhere."""

    name = "upper_diagonal"
    cases = (Case(x=real("4 4")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return x[np.arange(3), np.arange(1, 4)]

    def backward(self, ctx: Context, grad: Any) -> Any:
        place = np.eye(4, dtype=grad.dtype)
        return place[:, :3] @ (grad[:, None] * place[1:])
