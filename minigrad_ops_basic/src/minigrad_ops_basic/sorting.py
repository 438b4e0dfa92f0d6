"""Sorting, which is stable (equal values keep their order), and searching without a gradient."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context
from minigrad_core.cases import Case, axis_of, between, real
from minigrad_core.errors import ArgumentError

from .dtypes import detach
from .function import NumpyFunction
from .gather import scatter_flat
from .non_differentiable import BinaryFunction, UnaryFunction


class Reordering(NumpyFunction):
    """The rule of operations that reorder the values along an axis: d/dx = grad in the old order."""

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, order, axis = ctx.saved
        if axis is None:
            return np.reshape(grad[np.argsort(order)], shape)
        return np.take_along_axis(grad, np.argsort(order, axis=axis), axis)


class Sort(Reordering):
    """The values along `axis` (None: flattened) in ascending order, NaN last. d/dx = grad in the old order.

    kind, stable: as in NumPy; they do not change the result, since the order is always the stable one.
    """

    cases = (Case(x=real("n k")), Case(x=real("n k"), axis=axis_of("x")), Case(x=real("2 3"), axis=None))

    def forward(
        self, ctx: Context, x: Array, *, axis: int | None = -1, kind: Any = None, stable: bool | None = None
    ) -> Array:
        _check_kind(kind, stable)
        flat, along = (np.reshape(x, (-1,)), 0) if axis is None else (x, axis)
        order = np.argsort(flat, axis=along, kind="stable")
        ctx.save(x.shape, order, axis)
        return np.take_along_axis(flat, order, along)


def _check_kind(kind: Any, stable: Any) -> None:
    if kind not in (None, "quicksort", "heapsort", "stable", "mergesort"):
        raise ArgumentError(f"kind {kind!r}: expected 'quicksort', 'heapsort', 'stable' or 'mergesort'")
    if stable not in (None, True, False):
        raise ArgumentError(f"stable {stable!r}: expected a bool or None")


class Partition(Reordering):
    """The values along `axis` (None: flattened), partially sorted.

    kth: one position, or several. The value at each of them is that of the sorted array; smaller values come
    before it, larger ones after it. d/dx = grad in the old order.
    """

    cases = (
        Case(x=real("5"), kth=2),
        Case(x=real("3 4"), kth=(0, 2), axis=-1),
        Case(x=real("2 3"), kth=1, axis=None),
        Case(x=real("3 4"), kth=1, axis=0),
    )

    def forward(self, ctx: Context, x: Array, *, kth: Any, axis: int | None = -1) -> Array:
        flat, along = (np.reshape(x, (-1,)), 0) if axis is None else (x, axis)
        order = _find_order(detach(flat), np.partition(detach(flat), kth, axis=along), along)
        ctx.save(x.shape, order, axis)
        return np.take_along_axis(flat, order, along)


def _find_order(x: Any, reordered: Any, axis: int) -> NDArray[np.intp]:
    """Return the positions in `x` of the values of a reordered `x`; equal values keep their order.

    `np.argpartition` would not do: if there is a NaN, its order differs from that of `np.partition`.
    """
    order, ranks = (np.argsort(array, axis=axis, kind="stable") for array in (x, reordered))
    return np.take_along_axis(order, np.argsort(ranks, axis=axis), axis)


class Unique(NumpyFunction):
    """The unique values (with an `axis`: slices) in ascending order.

    return_index: also return the first position of each value; return_inverse: the number of the value at
    each position; return_counts: how often each value occurs.

    d/dx = grad at the first position of each value, zero elsewhere.
    """

    reference = staticmethod(np.unique)
    cases = (
        Case(x=real("2 3")),
        Case(x=real("3 2"), axis=0),
        Case(x=real("4"), return_counts=True),
        Case(x=real("4"), return_index=True),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        return_index: bool = False,
        return_inverse: bool = False,
        return_counts: bool = False,
        axis: int | None = None,
        equal_nan: bool = True,
    ) -> Any:
        options = {"return_inverse": return_inverse, "return_counts": return_counts, "equal_nan": equal_nan}
        results: Any = np.unique(detach(x), return_index=True, axis=axis, **options)  # type: ignore[call-overload]  # NumPy's stub wants literals
        first = results[1]
        ctx.save(x.shape, first, axis)
        values = np.take(x, first, axis)
        rest = results[1 if return_index else 2 :]
        return (values, *rest) if rest else values

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        shape, first, axis = ctx.saved
        numbers = np.arange(prod(shape)).reshape(shape)
        return scatter_flat(grad, shape, np.take(numbers, first, axis))


sort = Sort(np.sort)
partition = Partition(np.partition)
unique = Unique(np.unique)
argmax = UnaryFunction(np.argmax)
argmin = UnaryFunction(np.argmin)
nanargmax = UnaryFunction(np.nanargmax)
nanargmin = UnaryFunction(np.nanargmin)
argsort = UnaryFunction(np.argsort)
argpartition = UnaryFunction(np.argpartition, (Case(x=real("5"), kth=2),))
lexsort = UnaryFunction(np.lexsort)
argwhere = UnaryFunction(np.argwhere)
nonzero = UnaryFunction(np.nonzero)
flatnonzero = UnaryFunction(np.flatnonzero)
searchsorted = BinaryFunction(np.searchsorted, (Case(x=np.linspace(-1, 1, 5), y=between(-1, 1, "n")),))
digitize = BinaryFunction(np.digitize, (Case(x=between(-1, 1, "n"), y=np.linspace(-1, 1, 5)),))
count_nonzero = UnaryFunction(np.count_nonzero)
