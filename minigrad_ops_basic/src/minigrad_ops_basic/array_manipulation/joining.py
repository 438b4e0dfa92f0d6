"""`concatenate` and `stack`."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context, Operation
from minigrad_core.array import Shape
from minigrad_core.cases import Case, real


class Concatenate(Operation):
    """The arrays one after another along an existing `axis` (None: all values, flattened), in the type
    `dtype`, which must follow from theirs by the rule `casting`.

    d/dx = its part of grad, in its type.
    """

    name = "concatenate"
    implements = (np.concatenate, np.concat)
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
    """Return for each of the joined arrays that need one its part of `grad`, in its shape.

    An array of fewer axes than the whole was given some of size one before it was joined.
    """
    grads: list[Array | None] = []
    start = 0
    for needed, shape in zip(needs, shapes, strict=True):
        size = prod(shape) if axis is None else shape[axis] if len(shape) == grad.ndim else 1
        part = (slice(None),) * (0 if axis is None else axis % grad.ndim) + (slice(start, start + size),)
        grads.append(np.reshape(grad[part], shape).copy() if needed else None)
        start += size
    return tuple(grads)


class Stack(Operation):
    """The arrays side by side along a new `axis`; `dtype` and `casting` as for `concatenate`.

    d/dx = its part of grad, in its type.
    """

    name = "stack"
    implements = (np.stack,)
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
        along = (slice(None),) * (ctx.saved[0] % grad.ndim)
        return tuple(grad[(*along, i)].copy() if needed else None for i, needed in enumerate(ctx.needs))


concatenate = Concatenate()
stack = Stack()
