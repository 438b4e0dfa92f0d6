"""`split`, `array_split`, `hsplit`, `vsplit`, `dsplit` and `unstack`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, axis_of, real

from ..function import NumpyFunction
from ..gather import scatter_flat

Sections: TypeAlias = int | Sequence[int]


class Splitting(NumpyFunction):
    """The rule of all functions that split an array into parts.

    `forward` saves the shape, the function of an array, and the axis (None: the parts may be of another
    shape). d/dx = the gradients of the parts, joined; where parts overlap, they are summed.
    """

    returns_view = True
    takes_complex = True

    def __init__(self, function: Callable[..., Any], *cases: Case) -> None:
        super().__init__(function)
        self.cases = cases

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        shape, split, axis = ctx.saved
        parts = (grad, *grads)
        if axis is not None and sum(part.shape[axis] for part in parts) == shape[axis]:
            return np.concatenate(parts, axis=axis)  # end to end: no part overlaps another
        positions = [np.ravel(p) for p in split(np.arange(prod(shape)).reshape(shape))]
        return scatter_flat(
            np.concatenate([np.reshape(part, (-1,)) for part in parts]), shape, np.concatenate(positions)
        )


class ListSplitting(Splitting):
    """The rule of those functions of which NumPy returns a list."""

    @staticmethod
    def to_numpy(parts: tuple[Any, ...]) -> list[Any]:
        """Return the parts in a list."""
        return list(parts)


class Split(ListSplitting):
    """`split` and `array_split`: parts of the array along `axis`. d/dx = the gradients of the parts, joined.

    indices_or_sections: the number of equal parts, or the indices before which the array is split. For
    `array_split` the number of parts need not divide the size of the axis.
    """

    def forward(
        self, ctx: Context, x: Array, *, indices_or_sections: Sections, axis: int = 0
    ) -> tuple[Array, ...]:
        ctx.save(x.shape, lambda a: self.function(a, indices_or_sections, axis), axis)
        return tuple(self.function(x, indices_or_sections, axis))


class FixedAxisSplit(ListSplitting):
    """`hsplit`, `vsplit` and `dsplit`: `split` along a fixed axis. d/dx = the parts' gradients, joined."""

    def forward(self, ctx: Context, x: Array, *, indices_or_sections: Sections) -> tuple[Array, ...]:
        ctx.save(x.shape, lambda a: self.function(a, indices_or_sections), None)
        return tuple(self.function(x, indices_or_sections))


class Unstack(Splitting):
    """The slices along `axis`, one for each index of it. d/dx = the gradients of the slices, stacked."""

    def forward(self, ctx: Context, x: Array, *, axis: int = 0) -> tuple[Array, ...]:
        ctx.save(x.shape, lambda a: np.unstack(a, axis=axis), None)
        return tuple(np.unstack(x, axis=axis))


split = Split(
    np.split,
    Case(x=real("n 4"), indices_or_sections=2, axis=1),
    Case(x=real("5 k"), indices_or_sections=(1, 3)),
    Case(x=real("5 k"), indices_or_sections=(3, 1)),
)
array_split = Split(
    np.array_split,
    Case(x=real("5 k"), indices_or_sections=3),
    Case(x=real("n 4"), indices_or_sections=(1, 2), axis=-1),
    Case(x=real("5 k"), indices_or_sections=(3, 1)),
)
hsplit = FixedAxisSplit(np.hsplit, Case(x=real("n 4"), indices_or_sections=2))
vsplit = FixedAxisSplit(np.vsplit, Case(x=real("4 k"), indices_or_sections=(1,)))
dsplit = FixedAxisSplit(np.dsplit, Case(x=real("2 2 4"), indices_or_sections=2))
unstack = Unstack(np.unstack, Case(x=real("3 k")), Case(x=real("2 3"), axis=axis_of("x")))
