"""`delete`, `insert` and `put_along_axis`. All three return new arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Tensor
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from .. import references
from ..function import NumpyFunction
from ..gather import Gather, scatter_flat
from ..indexing.taking import Indices


class Delete(Gather):
    """The array without the slices `obj` along `axis` (None: flattened). d/dx = grad for the rest, else 0."""

    takes_complex = True
    cases = (Case(x=real("2 3"), obj=1, axis=1), Case(x=real("2 3"), obj=np.array([0, 4])))

    def forward(self, ctx: Context, x: Array, *, obj: Any, axis: int | None = None) -> Array:
        ctx.save(x.shape, lambda a: np.delete(a, obj, axis))
        return np.delete(x, obj, axis)


class Insert(NumpyFunction):
    """`x` with `values` inserted before the indices `obj` along `axis` (None: flattened).

    d/dx = grad at the positions of x; d/dvalues = grad at the inserted positions, summed over the copies of a
    value.
    """

    reference = staticmethod(references.insert)
    takes_complex = True
    cases = (
        Case(x=real("2 3"), values=real("2"), obj=1, axis=1),
        Case(x=real("4"), values=real("2"), obj=np.array([1, 3])),
        Case(x=real("2 3"), values=real(""), obj=-1, axis=0),
    )

    @staticmethod
    def from_numpy(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
        """Take the indices, NumPy's second argument, as a setting."""
        return (arr, values), {"obj": obj, "axis": axis}

    def forward(self, ctx: Context, x: Array, values: Array, *, obj: Any, axis: int | None = None) -> Array:
        shape = np.shape(values)
        # For each position of the result the number of the inserted value, -1 for a value of x.
        numbers = np.arange(int(np.prod(shape))).reshape(shape)
        ctx.save(x.shape, shape, np.insert(np.full(x.shape, -1), obj, numbers, axis))
        return np.insert(x, obj, values, axis)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x_shape, values_shape, source = ctx.saved
        new = source >= 0
        return (
            np.reshape(grad[~new], x_shape) if ctx.needs[0] else None,
            scatter_flat(grad[new], values_shape, source[new]) if ctx.needs[1] else None,
        )


class PutAlongAxis(NumpyFunction):
    """A copy of `x` with `values` written at the `indices` of each line along `axis`.

    The indices must not name a position twice. NumPy's function of this name writes in place and returns
    nothing. So it is refused on tensors, and NumPy writes to a plain array.

    d/dx = grad, 0 at the indices; d/dvalues = grad at the indices.
    """

    reference = staticmethod(references.put_along_axis)
    takes_complex = True
    cases = (
        Case(x=real("2 3"), values=real("2 2"), indices=np.array([[0, 2], [1, 0]]), axis=1),
        Case(x=real("2 3"), values=real(""), indices=np.array([[1, 0, 1]]), axis=0),
        Case(x=real("2 3"), values=real("2 0"), indices=np.zeros((2, 0), np.intp), axis=1),
    )

    @staticmethod
    def from_numpy(arr: Any, indices: Any, values: Any, axis: Any = -1) -> Any:  # noqa: ARG004 - NumPy's
        """Refuse a tensor as the target, with the way out."""
        if not isinstance(arr, Tensor):
            return NotImplemented
        raise ArgumentError(
            "np.put_along_axis writes in place, which it cannot do to a tensor: "
            "use mg.ops.basic.put_along_axis(t, values, indices=..., axis=...), which returns a new tensor"
        )

    def forward(self, ctx: Context, x: Array, values: Array, *, indices: Indices, axis: int) -> Array:
        positions = np.take_along_axis(np.arange(x.size).reshape(x.shape), indices, axis)
        if np.unique(positions).size != positions.size:
            raise ValueError("indices name a position twice, and which value is written last is not defined")
        written = np.zeros(x.shape, bool)
        np.put_along_axis(written, indices, True, axis)
        source = np.zeros(x.shape, np.intp)  # for each position the number of the value written there
        np.put_along_axis(source, indices, np.arange(positions.size).reshape(positions.shape), axis)
        ctx.save(written, indices, axis, np.shape(values))
        spread = np.reshape(np.broadcast_to(values, positions.shape), (-1,))
        return np.where(written, spread[source], x) if positions.size else +x

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        written, indices, axis, shape = ctx.saved
        grad_x = np.where(written, 0, grad) if ctx.needs[0] else None
        return grad_x, unbroadcast(np.take_along_axis(grad, indices, axis), shape) if ctx.needs[1] else None


delete = Delete(np.delete)
insert = Insert(np.insert)
put_along_axis = PutAlongAxis(np.put_along_axis)
