"""`vdot`, `outer`, `kron`, `vecdot` and `cross`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, real

from ..dtypes import as_arrays, conjugate
from ..function import NumpyFunction


class Vdot(NumpyFunction):
    """The sum of conj(x) y over all values of the flattened arrays.

    d/dx = conj(grad y), d/dy = grad conj(x).
    """

    takes_complex = True
    cases = (Case(x=real("n k"), y=real("n k")), Case(x=real("6"), y=real("2 3")))

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return np.vdot(x, y)  # type: ignore[return-value]  # a scalar is an array of no axes

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = as_arrays(*ctx.saved)
        grad_x = np.reshape(conjugate(grad * y), x.shape) if ctx.needs[0] else None
        return grad_x, np.reshape(grad * conjugate(x), y.shape) if ctx.needs[1] else None


class Outer(NumpyFunction):
    """The products of each value of x (rows) with each value of y (columns), both flattened.

    `np.linalg.outer` takes vectors only.

    d/dx = grad y; d/dy = x grad.
    """

    takes_complex = True

    def __init__(self, name: str, function: Any, *cases: Case) -> None:
        super().__init__(function)
        self.name = name
        self.cases = cases

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        if self.function is np.linalg.outer and (x.ndim != 1 or y.ndim != 1):
            raise ValueError("expected two vectors; np.outer takes arrays of any shape, flattened")
        ctx.save(x, y)
        return np.outer(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        grad_x = np.reshape(grad @ np.reshape(y, (-1,)), np.shape(x)) if ctx.needs[0] else None
        return grad_x, np.reshape(np.reshape(x, (-1,)) @ grad, np.shape(y)) if ctx.needs[1] else None


def _interleave(x: Array, y: Array) -> tuple[Array, Array]:
    """Return both with axes of size one between their axes, so that they broadcast to the blocks of `kron`.

    `np.kron` joins each axis of x with the axis of y after it.
    """
    a, b = (1,) * y.ndim + x.shape, (1,) * x.ndim + y.shape
    left = np.reshape(x, [n for size in a for n in (size, 1)])
    return left, np.reshape(y, [n for size in b for n in (1, size)])


class Kron(NumpyFunction):
    """The Kronecker product: blocks of y, each scaled by a value of x.

    d/dx = the sum of grad y over each block; d/dy = the sum of grad x over the blocks.
    """

    takes_complex = True
    cases = (
        Case(x=real("2 3"), y=real("3 2")),
        Case(x=real("2"), y=real("3")),
        Case(x=real("2"), y=real("2 3")),
        Case(x=real("2 2 1"), y=real("2")),
        Case(x=2, y=real("2")),
    )

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return np.kron(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = as_arrays(*ctx.saved)
        left, right = _interleave(x, y)
        blocks = np.reshape(grad, np.broadcast_shapes(left.shape, right.shape))
        grad_x = np.reshape(unbroadcast(blocks * right, left.shape), x.shape) if ctx.needs[0] else None
        return grad_x, np.reshape(unbroadcast(blocks * left, right.shape), y.shape) if ctx.needs[1] else None


def _move_last(x: Any, axis: int) -> Any:
    """Return `x` with the axis after the others. The axis is counted in `x` alone, before broadcasting."""
    return x if axis == -1 else np.moveaxis(x, axis, -1)


def _move_back(grad: Array, x: Any, axis: int) -> Array:
    """Return the gradient of `x`: undo `_move_last` and the broadcasting to the shape of grad."""
    moved: Any = unbroadcast(grad, _move_last(x, axis).shape)
    return moved if axis == -1 else np.moveaxis(moved, -1, axis)


class Vecdot(NumpyFunction):
    """The sum of conj(x) y along `axis`; other axes broadcast. d/dx = conj(grad y); d/dy = grad conj(x)."""

    takes_complex = True
    cases = (
        Case(x=real("2 k"), y=real("2 k")),
        Case(x=real("2 3"), y=real("2 1"), axis=0),
        Case(x=real("2 3 4"), y=real("2 3 4"), axis=0),
        Case(x=real("k"), y=real("2 k")),
    )

    def forward(self, ctx: Context, x: Array, y: Array, *, axis: int = -1) -> Array:
        ctx.save(x, y, axis)
        return np.vecdot(x, y, axis=axis)  # type: ignore[call-overload]  # NumPy's stub knows no tensor

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y, axis = ctx.saved
        grad = np.expand_dims(grad, -1)
        grad_x = _move_back(conjugate(grad * _move_last(y, axis)), x, axis) if ctx.needs[0] else None
        return grad_x, _move_back(grad * conjugate(_move_last(x, axis)), y, axis) if ctx.needs[1] else None


_NEXT = np.array([1, 2, 0])


def _cross(a: Any, b: Any) -> Any:
    """Return the cross products c along the last axis: c_(i+2) = a_i b_(i+1) - a_(i+1) b_i, modulo 3."""
    if a.shape[-1:] != (3,) or b.shape[-1:] != (3,):
        raise ValueError("expected vectors of three")
    return (a * b.take(_NEXT, -1) - a.take(_NEXT, -1) * b).take(_NEXT, -1)


class Cross(NumpyFunction):
    """The cross products of 3-vectors along `axis` (or along `axisa`, `axisb`, and `axisc` of the result).

    d/da = b x grad; d/db = grad x a.
    """

    takes_complex = True
    cases = (
        Case(a=real("n 3"), b=real("n 3")),
        Case(a=real("3"), b=real("2 3")),
        Case(a=real("3 2"), b=real("2 3"), axisa=0, axisc=0),
        Case(a=real("3 2"), b=real("3 2"), axis=0),
        Case(a=real("2 3 4"), b=real("2 3 4"), axis=1),
        Case(a=real("3 2 4"), b=real("3 2 4"), axis=0),
    )

    def forward(
        self,
        ctx: Context,
        a: Array,
        b: Array,
        *,
        axisa: int = -1,
        axisb: int = -1,
        axisc: int = -1,
        axis: int | None = None,
    ) -> Array:
        if axis is not None:
            axisa = axisb = axisc = axis
        ctx.save(a, b, axisa, axisb, axisc)
        products = _cross(_move_last(a, axisa), _move_last(b, axisb))
        return products if axisc == -1 else np.moveaxis(products, -1, axisc)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        a, b, axisa, axisb, axisc = ctx.saved
        grad = _move_last(grad, axisc)
        grad_a = _move_back(_cross(_move_last(b, axisb), grad), a, axisa) if ctx.needs[0] else None
        return grad_a, _move_back(_cross(grad, _move_last(a, axisa)), b, axisb) if ctx.needs[1] else None


vdot = Vdot(np.vdot)
outer = Outer("outer", np.outer, Case(x=real("n"), y=real("m")), Case(x=real("2 2"), y=real("3")))
vector_outer = Outer("vector_outer", np.linalg.outer, Case(x=real("n"), y=real("m")))
kron = Kron(np.kron)
vecdot = Vecdot(np.vecdot, np.linalg.vecdot)
cross = Cross(np.cross, np.linalg.cross)
