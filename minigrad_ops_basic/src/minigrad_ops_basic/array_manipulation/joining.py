"""`concatenate`, `stack` and `block`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context
from minigrad_core.array import Shape
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from .. import references
from ..function import NumpyFunction


class Concatenate(NumpyFunction):
    """The arrays one after another along an existing `axis` (None: all values, flattened).

    dtype: the dtype of the result, to which `casting` must allow a conversion. d/dx = the part of grad at the
    positions of x, in the dtype of x.
    """

    takes_complex = True
    cases = (
        Case(arrays=(real("2 k"), real("3 k"))),
        Case(arrays=(real("n 2"), real("n 1"), real("n 3")), axis=-1),
        Case(arrays=(real("2 3"), real("2"), real("")), axis=None),
        Case(arrays=(real("2"), real("3")), dtype=np.float64),
        Case(arrays=(np.array([1, 2]), np.array([3])), dtype=np.uint8, casting="unsafe"),
    )

    def forward(
        self,
        ctx: Context,
        *arrays: Array,
        axis: int | None = 0,
        dtype: DTypeLike | None = None,
        casting: Any = "same_kind",
    ) -> Array:
        ctx.save(tuple(map(np.shape, arrays)), axis)
        return np.concatenate(arrays, axis=axis, dtype=dtype, casting=casting)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        return split_gradient(ctx.needs, grad, *ctx.saved)


def split_gradient(
    needs: Sequence[bool], grad: Array, shapes: Sequence[Shape], axis: int | None
) -> tuple[Array | None, ...]:
    """Return the part of `grad` for each joined array that needs a gradient, in the shape of the array.

    An array with fewer axes than grad has size one along `axis`.
    """
    grads: list[Array | None] = []
    start = 0
    for needed, shape in zip(needs, shapes, strict=True):
        size = prod(shape) if axis is None else shape[axis] if len(shape) == grad.ndim else 1
        part = (slice(None),) * (0 if axis is None else axis % grad.ndim) + (slice(start, start + size),)
        grads.append(np.reshape(grad[part], shape).copy() if needed else None)
        start += size
    return tuple(grads)


class Stack(NumpyFunction):
    """The arrays joined along a new `axis`; `dtype` and `casting` as for `concatenate`.

    d/dx = the part of grad at the positions of x, in the dtype of x.
    """

    takes_complex = True
    cases = (
        Case(arrays=(real("n k"), real("n k"))),
        Case(arrays=(real("n k"), real("n k"), real("n k")), axis=-1),
        Case(arrays=(np.array([1, 2]), np.array([3, 4])), dtype=np.uint8, casting="unsafe"),
    )

    def forward(
        self,
        ctx: Context,
        *arrays: Array,
        axis: int = 0,
        dtype: DTypeLike | None = None,
        casting: Any = "same_kind",
    ) -> Array:
        ctx.save(axis)
        return np.stack(arrays, axis=axis, dtype=dtype, casting=casting)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        leading = (slice(None),) * (ctx.saved[0] % grad.ndim)
        return tuple(grad[(*leading, i)].copy() if needed else None for i, needed in enumerate(ctx.needs))


class Block(NumpyFunction):
    """The blocks, joined along the last axis in the innermost tuples of `layout`, then along the other axes.

    layout: nested tuples of the numbers of the blocks, as in `((0, 1), (2, 3))`. d/dx = the part of grad at
    the positions of x. Raises InputError for a layout that does not name each block once.
    """

    reference = staticmethod(references.block)
    takes_complex = True
    cases = (
        Case(blocks=(real("n k"), real("n 2"), real("1 k"), real("1 2")), layout=((0, 1), (2, 3))),
        Case(blocks=(real("3"), real("")), layout=(0, 1)),
        Case(blocks=(real("2 2"),), layout=0),
    )

    @staticmethod
    def from_numpy(arrays: Any) -> Any:
        """Take the blocks out of their nested lists."""
        blocks: list[Any] = []

        def number(part: Any) -> Any:
            if isinstance(part, list):
                return tuple(map(number, part))
            blocks.append(part)
            return len(blocks) - 1

        layout = number(arrays)
        return blocks, {"layout": layout}

    def forward(self, ctx: Context, *blocks: Array, layout: Any) -> Array:
        if sorted(_flatten_layout(layout)) != list(range(len(blocks))):
            raise InputError(f"block: the layout {layout!r} has to name each of {len(blocks)} blocks once")
        ctx.save([np.shape(x) for x in blocks], layout)
        return np.block(_nest(layout, blocks))

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        # `block` moves each value to one position. To find the positions, join arrays of the values' numbers.
        shapes, layout = ctx.saved
        sizes = [int(np.prod(shape)) for shape in shapes]
        ends = list(accumulate(sizes))
        numbers = [np.arange(e - n, e).reshape(s) for e, n, s in zip(ends, sizes, shapes, strict=True)]
        flat = np.reshape(grad, (-1,))[np.argsort(np.block(_nest(layout, numbers)), axis=None)]
        return tuple(
            np.reshape(flat[end - size : end], shape) if needed else None
            for needed, end, size, shape in zip(ctx.needs, ends, sizes, shapes, strict=True)
        )


def _flatten_layout(layout: Any) -> list[int]:
    return [n for part in layout for n in _flatten_layout(part)] if isinstance(layout, tuple) else [layout]


def _nest(layout: Any, blocks: Any) -> Any:
    """Return the blocks in nested lists."""
    return [_nest(part, blocks) for part in layout] if isinstance(layout, tuple) else blocks[layout]


concatenate = Concatenate(np.concatenate, np.concat)
stack = Stack(np.stack)
block = Block(np.block)
