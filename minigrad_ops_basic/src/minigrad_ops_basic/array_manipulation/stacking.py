"""`vstack` and its variants, `atleast_1d` to `atleast_3d`, `broadcast_arrays`, `meshgrid`, `append`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, real

from ..dtypes import widen_half
from ..function import NumpyFunction
from .joining import split_gradient


class Stacking(NumpyFunction):
    """`vstack`, `hstack`, `dstack`, `column_stack`: `concatenate` of the arrays with axes added first.

    d/dx = its part of grad.
    """

    takes_complex = True
    cases = (
        Case(arrays=(real("2 3"), real("2 3"))),
        Case(arrays=(real("3"), real("3"))),
        Case(arrays=(real("2 3 1"),)),
    )

    def __init__(self, function: Callable[..., Any], axis: int) -> None:
        super().__init__(function)
        self.axis = axis

    def forward(self, ctx: Context, *arrays: Array, **settings: Any) -> Array:
        ctx.save(tuple(map(np.shape, arrays)))
        return self.function(arrays, **settings)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        # A result that is a vector has one axis only, along which the inputs were joined.
        return split_gradient(ctx.needs, grad, ctx.saved[0], min(self.axis, grad.ndim - 1))


class AtLeast(NumpyFunction):
    """`atleast_1d`, `atleast_2d`, `atleast_3d`: the array with as many axes of size one as it lacks.

    d/dx = grad in the shape of the input.
    """

    returns_view = True
    takes_complex = True
    cases = (Case(arrays=(real(""),)), Case(arrays=(real("n"),)), Case(arrays=(real("n k"), real("n"))))

    def forward(self, ctx: Context, *arrays: Array) -> Any:
        """Return one array, or a tuple of arrays for several inputs."""
        ctx.save([np.shape(x) for x in arrays])
        views = [np.reshape(x, self.function(x).shape) for x in arrays]
        return tuple(views) if len(views) > 1 else views[0]

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array, ...]:
        return tuple(np.reshape(g, shape) for g, shape in zip((grad, *grads), ctx.saved[0], strict=True))


class BroadcastArrays(NumpyFunction):
    """The arrays, broadcast against each other. d/dx = grad summed over the broadcast axes."""

    returns_view = True
    takes_complex = True
    cases = (Case(arrays=(real("2 1"), real("3"))), Case(arrays=(real("n k"), real(""))))

    def forward(self, ctx: Context, *arrays: Array) -> tuple[Array, ...]:
        shapes = [np.shape(x) for x in arrays]
        ctx.save(shapes)
        whole = np.broadcast_shapes(*shapes)
        return tuple(np.broadcast_to(x, whole) for x in arrays)

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array, ...]:
        return tuple(
            unbroadcast(widen_half(g), shape) for g, shape in zip((grad, *grads), ctx.saved[0], strict=True)
        )


class Meshgrid(NumpyFunction):
    """The coordinates of the grid that the vectors span, one array for each vector.

    indexing: "xy" (the first two axes exchanged) or "ij". sparse: the other axes have size one.

    d/dx = grad summed over the other axes.
    """

    takes_complex = True
    cases = (
        Case(arrays=(real("2"), real("3"))),
        Case(arrays=(real("2"), real("3"), real("2")), indexing="ij"),
        Case(arrays=(real("2"), real("3")), sparse=True),
        Case(arrays=(real("3"),)),
    )

    def forward(
        self, ctx: Context, *arrays: Array, indexing: Any = "xy", sparse: bool = False
    ) -> tuple[Array, ...]:
        order = list(range(len(arrays)))
        if indexing == "xy" and len(order) > 1:
            order[0], order[1] = 1, 0
        # For each vector, the axes of the grid without its own.
        others = [tuple(a for a in range(len(order)) if a != own) for own in order]
        ctx.save([np.shape(x) for x in arrays], others)
        return tuple(np.meshgrid(*arrays, indexing=indexing, sparse=sparse))

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array, ...]:
        shapes, others = ctx.saved
        summed = (np.sum(widen_half(g), axis=axes) for g, axes in zip((grad, *grads), others, strict=True))
        return tuple(np.reshape(g, shape) for g, shape in zip(summed, shapes, strict=True))


class Append(NumpyFunction):
    """`x` followed by `values` along `axis` (None: both flattened).

    d/dx, d/dvalues = their parts of grad.
    """

    takes_complex = True
    cases = (Case(x=real("2 k"), values=real("3 k"), axis=0), Case(x=real("2 3"), values=real("2")))

    def forward(self, ctx: Context, x: Array, values: Array, *, axis: int | None = None) -> Array:
        ctx.save((np.shape(x), np.shape(values)), axis)
        return np.concatenate([x, values], axis=axis)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        return split_gradient(ctx.needs, grad, *ctx.saved)


vstack = Stacking(np.vstack, 0)
hstack = Stacking(np.hstack, 1)
dstack = Stacking(np.dstack, 2)
column_stack = Stacking(np.column_stack, 1)
atleast_1d = AtLeast(np.atleast_1d)
atleast_2d = AtLeast(np.atleast_2d)
atleast_3d = AtLeast(np.atleast_3d)
broadcast_arrays = BroadcastArrays(np.broadcast_arrays)
meshgrid = Meshgrid(np.meshgrid)
append = Append(np.append)
