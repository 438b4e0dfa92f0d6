"""`split`, `array_split`, `hsplit`, `vsplit`, `dsplit` and `unstack`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from ..gather import scatter_flat

Sections: TypeAlias = int | Sequence[int]


class Splitting(Operation):
    """The rule of all that cut an array into parts: each value gets the sum of what its copies in the parts
    got.
    """

    returns_view = True

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        """Return the gradients of the parts, put back where the parts were cut."""
        shape, cut, axis = ctx.saved
        parts = (grad, *grads)
        if axis is not None and sum(part.shape[axis] for part in parts) == shape[axis]:
            return np.concatenate(parts, axis=axis)  # end to end: no part overlaps another
        positions = [np.ravel(p) for p in cut(np.arange(prod(shape)).reshape(shape))]
        return scatter_flat(
            np.concatenate([np.reshape(part, (-1,)) for part in parts]), shape, np.concatenate(positions)
        )


class ListSplitting(Splitting):
    """What `np.split` and its kin have in common: NumPy's answer is a list."""

    @staticmethod
    def to_numpy(parts: tuple[Any, ...]) -> list[Any]:
        """Return the parts in a list."""
        return list(parts)


class Split(ListSplitting):
    """Parts of the array along `axis`, cut into equally many or before the given places. d/dx = the parts'
    grads, joined.

    indices_or_sections: how many equal parts, or the places to cut before.
    """

    name = "split"
    implements = (np.split,)
    takes_complex = True
    cases = (
        Case(x=real("n 4"), indices_or_sections=2, axis=1),
        Case(x=real("5 k"), indices_or_sections=(1, 3)),
        Case(x=real("5 k"), indices_or_sections=(3, 1)),
    )

    def forward(
        self, ctx: Context, x: Array, *, indices_or_sections: Sections, axis: int = 0
    ) -> tuple[Array, ...]:
        ctx.save(x.shape, lambda a: np.split(a, indices_or_sections, axis), axis)
        return tuple(np.split(x, indices_or_sections, axis))


class ArraySplit(ListSplitting):
    """As `split`, but the number of parts need not divide the size of the axis.

    d/dx = the parts' grads, joined.
    """

    name = "array_split"
    implements = (np.array_split,)
    takes_complex = True
    cases = (
        Case(x=real("5 k"), indices_or_sections=3),
        Case(x=real("n 4"), indices_or_sections=(1, 2), axis=-1),
        Case(x=real("5 k"), indices_or_sections=(3, 1)),
    )

    def forward(
        self, ctx: Context, x: Array, *, indices_or_sections: Sections, axis: int = 0
    ) -> tuple[Array, ...]:
        ctx.save(x.shape, lambda a: np.array_split(a, indices_or_sections, axis), axis)
        return tuple(np.array_split(x, indices_or_sections, axis))


class FixedAxisSplit(ListSplitting):
    """`hsplit`, `vsplit` and `dsplit`: `split` along a fixed axis. d/dx = the parts' grads, joined."""

    takes_complex = True

    def __init__(self, function: Callable[..., Any], case: Case) -> None:
        self.name = function.__name__
        self.function = function
        self.implements = (function,)
        self.cases = (case,)

    def forward(self, ctx: Context, x: Array, *, indices_or_sections: Sections) -> tuple[Array, ...]:
        ctx.save(x.shape, lambda a: self.function(a, indices_or_sections), None)
        return tuple(self.function(x, indices_or_sections))


class Unstack(Splitting):
    """The slices along `axis`, one for each place on it. d/dx = the slices' grads, stacked."""

    name = "unstack"
    implements = (np.unstack,)
    takes_complex = True
    cases = (Case(x=real("3 k")), Case(x=real("2 3"), axis=axis_of("x")))

    def forward(self, ctx: Context, x: Array, *, axis: int = 0) -> tuple[Array, ...]:
        ctx.save(x.shape, lambda a: np.unstack(a, axis=axis), None)
        return tuple(np.unstack(x, axis=axis))


split = Split()
array_split = ArraySplit()
hsplit = FixedAxisSplit(np.hsplit, Case(x=real("n 4"), indices_or_sections=2))
vsplit = FixedAxisSplit(np.vsplit, Case(x=real("4 k"), indices_or_sections=(1,)))
dsplit = FixedAxisSplit(np.dsplit, Case(x=real("2 2 4"), indices_or_sections=2))
unstack = Unstack()
