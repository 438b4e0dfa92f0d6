"""Operations that move values, views declared and copies made; several arrays at once."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, axis_of, index_into, real


class Reshape(Operation):
    """x in another shape, as a view. x: (n, 6) -> (n, 2, 3). d/dx = grad in x's shape."""

    name = "reshape_six"
    cases = (Case(x=real("n 6")),)
    returns_view = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return x.reshape(x.shape[0], 2, 3)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad.reshape(grad.shape[0], 6).copy()


class SwapAxes(Operation):
    """x with its two axes exchanged, as a view. x: (n, m) -> (m, n). d/dx = grad.T, copied."""

    name = "swap_two"
    cases = (Case(x=real("n m")),)
    returns_view = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.swapaxes(x, 0, 1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.swapaxes(grad, 0, 1).copy()


class Concat(Operation):
    """Arrays one after the other along `axis`. Each gets its part of grad."""

    name = "concat"
    cases = (
        Case(arrays=(real("n k"), real("m k")), axis=0),
        Case(arrays=(real("n k"), real("n m"), real("n k")), axis=-1),
    )

    def forward(self, ctx: Context, *arrays: Any, axis: int = 0) -> Any:
        ctx.save(np.cumsum([a.shape[axis] for a in arrays[:-1]]), axis)
        return np.concatenate(arrays, axis=axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        ends, axis = ctx.saved
        bounds = [0, *(int(end) for end in ends), grad.shape[axis]]
        parts = []
        for start, stop in itertools.pairwise(bounds):
            where = [slice(None)] * grad.ndim
            where[axis] = slice(start, stop)
            parts.append(grad[tuple(where)].copy())
        return tuple(parts)


class StackRows(Operation):
    """Vectors as the rows of a matrix. (k,) each -> (number, k). Each gets its row of grad."""

    name = "stack_rows"
    cases = (Case(arrays=(real("k"), real("k"), real("k"))),)

    def forward(self, ctx: Context, *arrays: Any) -> Any:
        return np.stack(arrays)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return tuple(grad[i].copy() if needed else None for i, needed in enumerate(ctx.needs))


class SplitHalf(Operation):
    """The two halves of each row. x: (n, 4) -> (n, 2), (n, 2). d/dx = both gradients side by side."""

    name = "split_half"
    cases = (Case(x=real("n 4")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return x[:, :2].copy(), x[:, 2:].copy()

    def backward(self, ctx: Context, left: Any, right: Any) -> Any:
        return np.concatenate([left, right], axis=1)


class OneBufferTwoGradients(Operation):
    """x - y for vectors of one length. Both gradients are windows on one buffer that do not overlap."""

    name = "difference"
    cases = (Case(x=real("n"), y=real("n")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.ndim != 1 or x.shape != y.shape:
            raise ValueError(f"difference: shapes {x.shape} and {y.shape} differ")
        return x - y

    def backward(self, ctx: Context, grad: Any) -> Any:
        both = np.concatenate((grad, -grad))
        return both[: grad.shape[0]], both[grad.shape[0] :]


class TopTwo(Operation):
    """The two largest values, largest first. x: (5,) -> (2,). Each gets its grad."""

    name = "top_two"
    cases = (Case(x=real("5")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        order = np.argsort(-x, kind="stable")[:2]
        ctx.save(order, x.shape[0])
        return x[order]

    def backward(self, ctx: Context, grad: Any) -> Any:
        order, n = ctx.saved
        return grad @ (order[:, None] == np.arange(n)).astype(grad.dtype)


class GatherColumns(Operation):
    """x[i, index[i, j]]. x: (n, k), index: (n, m) ints -> (n, m). d/dx: grads added up at their columns."""

    name = "gather_columns"
    cases = (Case(x=real("n k"), index=index_into("x", axis=1, shape="n m")),)

    def forward(self, ctx: Context, x: Any, index: Any) -> Any:
        if x.ndim != 2 or index.shape[:1] != x.shape[:1]:
            raise ValueError(f"gather_columns: shapes {x.shape} and {index.shape} do not fit")
        ctx.save(index, x.shape[1])
        return x[np.arange(x.shape[0])[:, None], index]

    def backward(self, ctx: Context, grad: Any) -> Any:
        index, k = ctx.saved
        hot = (index[:, :, None] % max(k, 1) == np.arange(k)).astype(grad.dtype)
        return np.sum(grad[:, :, None] * hot, axis=1), None


class FlipAxis(Operation):
    """x in reverse order along `axis`. d/dx = grad in reverse order."""

    name = "flip_axis"
    cases = (Case(x=real("n k"), axis=axis_of("x")),)

    def forward(self, ctx: Context, x: Any, *, axis: int) -> Any:
        ctx.save(axis)
        return np.flip(x, axis).copy()

    def backward(self, ctx: Context, grad: Any) -> Any:
        (axis,) = ctx.saved
        return np.flip(grad, axis).copy()


class Diagonal(Operation):
    """A matrix with a vector on its diagonal. x: (n,) -> (n, n). d/dx = the diagonal of grad."""

    name = "diagonal_matrix"
    cases = (Case(x=real("n")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.where(np.eye(x.shape[0], dtype=bool), x, 0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        n = grad.shape[0]
        return grad[np.arange(n), np.arange(n)]


OPERATIONS = tuple(
    op()
    for op in (
        Reshape, SwapAxes, Concat, StackRows, SplitHalf, OneBufferTwoGradients, TopTwo, GatherColumns,
        FlipAxis, Diagonal,
    )
)  # fmt: skip
