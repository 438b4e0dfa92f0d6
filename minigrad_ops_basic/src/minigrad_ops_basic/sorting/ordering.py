"""`sort`, `partition` and `unique`. Sorting is stable: equal values keep their order."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real
from minigrad_core.errors import ArgumentError

from ..dtypes import detach
from ..gather import scatter_flat


class Reordering(Operation):
    """The rule of all that put the values along an axis in another order: grad goes back by the inverse
    order.
    """

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Put the gradient back in the old order."""
        shape, order, axis = ctx.saved
        if axis is None:
            return np.reshape(grad[np.argsort(order)], shape)
        return np.take_along_axis(grad, np.argsort(order, axis=axis), axis)


class Sort(Reordering):
    """The values along `axis` (None: flattened) in ascending order, NaN last. d/dx = grad in the old order.

    kind, stable: as in NumPy; they change the speed, not the result, since the gradient always follows the
    stable order.
    """

    name = "sort"
    implements = (np.sort,)
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
    """The values along `axis` (None: flattened) such that those at the places `kth` are as if sorted. d/dx =
    grad in the old order.

    kth: one place, or several.
    """

    name = "partition"
    implements = (np.partition,)
    cases = (
        Case(x=real("5"), kth=2),
        Case(x=real("3 4"), kth=(0, 2), axis=-1),
        Case(x=real("2 3"), kth=1, axis=None),
        Case(x=real("3 4"), kth=1, axis=0),
    )

    def forward(self, ctx: Context, x: Array, *, kth: Any, axis: int | None = -1) -> Array:
        flat, along = (np.reshape(x, (-1,)), 0) if axis is None else (x, axis)
        order = np.argpartition(flat, kth, axis=along)
        ctx.save(x.shape, order, axis)
        return np.take_along_axis(flat, order, along)


class Unique(Operation):
    """The different values (`axis`: slices) in ascending order; then, as asked for, the places where each
    stands first, for each place the number of its value, and how often each stands there.

    d/dx = grad at the first place of each value.
    """

    name = "unique"
    implements = (np.unique,)
    reference = staticmethod(np.unique)  # of as many results, too
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
        """Return the values, and what else was asked for."""
        asked = {"return_inverse": return_inverse, "return_counts": return_counts, "equal_nan": equal_nan}
        found: Any = np.unique(detach(x), return_index=True, axis=axis, **asked)  # type: ignore[call-overload]  # NumPy's stub wants literals
        first = found[1]
        ctx.save(x.shape, first, axis)
        values = np.take(x, first, axis)
        rest = found[1 if return_index else 2 :]
        return (values, *rest) if rest else values

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        shape, first, axis = ctx.saved
        numbers = np.arange(prod(shape)).reshape(shape)
        return scatter_flat(grad, shape, np.take(numbers, first, axis))


sort = Sort()
partition = Partition()
unique = Unique()
