"""`x[index]`, assignment to items, and the scatter-add, which is the transpose of indexing."""

from __future__ import annotations

import operator
from math import prod
from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Array, Context, Operation, Tensor
from minigrad_core.cases import Case, real
from minigrad_core.indices import find_last_writes, find_positions, may_repeat, pull_back_written

from .. import references
from ..dtypes import widen_half
from ..function import NumpyFunction
from .position_sums import sum_by_position

Index: TypeAlias = Any

_INDICES: tuple[Index, ...] = (
    1,
    (slice(None, None, -2), 0),
    (..., None, slice(1, 3)),
    np.array([0, 2, 0, -1]),
    (np.array([[0], [2]]), np.array([1, 1])),
    (slice(None), np.array([3, 3, 0])),
    np.arange(12).reshape(3, 4) % 3 == 0,
    np.zeros((3, 4), bool),
)


class GetItem(NumpyFunction):
    """`x[index]`, a view for slices, as in NumPy.

    d/dx = grad at the positions of the index, summed at a position that occurs twice; 0 elsewhere.
    """

    reference = staticmethod(references.getitem)
    returns_view = True
    takes_complex = True
    cases = tuple(Case(x=real("3 4"), index=index) for index in _INDICES)

    @staticmethod
    def from_numpy(x: Any, index: Index) -> Any:
        """Replace tensors in the index by their arrays: an index has no gradient."""
        return (x,), {"index": detach_index(index)}

    def forward(self, ctx: Context, x: Array, *, index: Index) -> Array:
        ctx.save(x.shape, index)
        return x[index]

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, index = ctx.saved
        return scatter(grad, shape, index)


class ScatterAdd(Operation):
    """Zeros of `shape` to which `x` is added at `index`: the transpose of `x[index]`. d/dx = grad[index]."""

    name = "scatter_add"
    reference = staticmethod(references.scatter_add)
    takes_complex = True
    cases = (
        Case(x=real("4"), shape=(3,), index=np.array([0, 2, 0, -1])),
        Case(x=real("2 4"), shape=(3, 4), index=slice(0, 2)),
    )

    def forward(self, ctx: Context, x: Array, *, shape: tuple[int, ...], index: Index) -> Array:
        ctx.save(index)
        return scatter(x, shape, index)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (index,) = ctx.saved
        return grad[index].copy()


class SetItem(Operation):
    """A copy of `x` in which `x[index]` is `y`. d/dx = grad, zero at the index; d/dy = grad at the index.

    If the index names a position twice, NumPy keeps the last value, and only the last value gets a gradient.
    """

    name = "setitem"
    reference = staticmethod(references.setitem)
    takes_complex = True
    cases = (
        Case(x=real("3 4"), y=real("4"), index=1),
        Case(x=real("5"), y=real("3"), index=np.array([0, 3, 0])),
        Case(x=real("3 4"), y=real(""), index=(slice(None), 2)),
        Case(x=real("5"), y=real("1 1 2"), index=slice(1, 3)),
        Case(x=real("3 4"), y=real("4"), index=np.arange(12).reshape(3, 4) % 3 == 0),
    )

    def forward(self, ctx: Context, x: Array, y: Array, *, index: Index) -> Array:
        written = np.zeros(x.shape, bool)
        written[index] = True
        ctx.save(written, np.shape(y), index)
        out = x.copy()
        out[index] = y
        return out

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        written, shape, index = ctx.saved
        last_writes = find_last_writes(grad.shape, index)
        return (
            np.where(written, 0, grad) if ctx.needs[0] else None,
            pull_back_written(grad, index, last_writes, shape).copy() if ctx.needs[1] else None,
        )


def scatter(grad: Array, shape: tuple[int, ...], index: Index) -> Array:
    """Return zeros of `shape` with `grad` added at `index`."""
    # Only here does an operation call an operation: NumPy's functions that add at an index write to an
    # argument, so no operation can implement them.
    if isinstance(grad, Tensor):
        return scatter_add(grad, shape=shape, index=index)
    grad = np.asarray(grad)
    if not may_repeat(index):
        out = np.zeros(shape, grad.dtype)
        out[index] = grad
        return out
    values, positions = widen_half(grad).ravel(), find_positions(shape, index).ravel()
    return sum_by_position(values, positions, prod(shape)).reshape(shape).astype(grad.dtype, copy=False)


def detach_index(index: Index) -> Index:
    """Return the index with tensors replaced by their arrays."""
    if isinstance(index, tuple):
        return tuple(map(detach_index, index))
    return index.numpy() if isinstance(index, Tensor) else index


getitem = GetItem(operator.getitem)
scatter_add = ScatterAdd()
setitem = SetItem()
