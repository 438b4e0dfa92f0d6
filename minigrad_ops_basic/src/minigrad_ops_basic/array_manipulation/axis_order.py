"""`transpose`, `swapaxes`, `moveaxis`, `rollaxis` and `flip`. They return views, as in NumPy."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, axis_of, real
from minigrad_core.errors import InputError

from ..function import NumpyFunction

Axes = int | tuple[int, ...]


class Transpose(NumpyFunction):
    """The axes in the order `axes` (None: reversed). d/dx = grad with the axes in their old order.

    Raises
    ------
    InputError
        `axes` does not name every axis.
    """

    returns_view = True
    takes_complex = True
    cases = (
        Case(x=real("n k")),
        Case(x=real("n k m"), axes=(2, 0, 1)),
        Case(x=real("n k m"), axes=(-1, 0, 1)),
        Case(x=real("n"), axes=0),
    )

    def forward(self, ctx: Context, x: Array, *, axes: int | tuple[int, ...] | None = None) -> Array:
        if axes is None:
            return x.T
        axes = (axes,) if isinstance(axes, int) else axes
        if len(axes) != x.ndim:
            raise InputError(
                f"transpose: expected all {x.ndim} axes in their new order, got {axes}; x.T reverses them, "
                "np.swapaxes(x, i, j) exchanges two"
            )
        y = x.transpose(axes)
        order = [a % x.ndim for a in axes]
        ctx.save(tuple([order.index(i) for i in range(x.ndim)]))
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad.transpose(*ctx.saved) if ctx.saved else grad.T


class Swapaxes(NumpyFunction):
    """The array with `axis1` and `axis2` exchanged. d/dx = grad with the two axes exchanged."""

    returns_view = True
    takes_complex = True
    cases = (Case(x=real("n k m"), axis1=0, axis2=-1),)

    def forward(self, ctx: Context, x: Array, *, axis1: int, axis2: int) -> Array:
        ctx.save(axis1, axis2)
        return np.swapaxes(x, axis1, axis2)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return np.swapaxes(grad, *ctx.saved)


class Moving(NumpyFunction):
    """The rule of operations that move axes: `forward` saves the old and the new positions of the axes."""

    returns_view = True
    takes_complex = True

    def backward(self, ctx: Context, grad: Array) -> Array:
        source, destination = ctx.saved
        return np.moveaxis(grad, destination, source)  # type: ignore[type-var]  # NumPy's stub knows no tensor


class Moveaxis(Moving):
    """The array with the axes `source` moved to `destination`. d/dx = grad with the axes moved back."""

    cases = (
        Case(x=real("n k m"), source=0, destination=-1),
        Case(x=real("n k m"), source=(0, 1), destination=(-1, 0)),
    )

    def forward(self, ctx: Context, x: Array, *, source: Axes, destination: Axes) -> Array:
        ctx.save(source, destination)
        return np.moveaxis(x, source, destination)  # type: ignore[type-var]  # NumPy's stub knows no tensor


class Rollaxis(Moving):
    """The array with `axis` moved before the axis `start`. d/dx = grad with the axis moved back."""

    cases = (
        Case(x=real("n k m"), axis=2),
        Case(x=real("n k m"), axis=0, start=2),
        Case(x=real("n k m"), axis=-1, start=1),
        Case(x=real("n k m"), axis=0, start=-1),
    )

    def forward(self, ctx: Context, x: Array, *, axis: int, start: int = 0) -> Array:
        source = axis % x.ndim
        target = start + x.ndim if start < 0 else start
        ctx.save(source, target - (source < target))
        return np.moveaxis(x, *ctx.saved)  # type: ignore[type-var]  # NumPy's stub knows no tensor


class Flip(NumpyFunction):
    """The values in reverse order along `axis` (None: all axes). d/dx = grad in reverse order."""

    returns_view = True
    takes_complex = True
    cases = (Case(x=real("n k")), Case(x=real("n k"), axis=axis_of("x")), Case(x=real("n k m"), axis=(0, -1)))

    def forward(self, ctx: Context, x: Array, *, axis: Axes | None = None) -> Array:
        ctx.save(axis)
        return np.flip(x, axis)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return np.flip(grad, ctx.saved[0])


class SelfInverse(NumpyFunction):
    """`matrix_transpose` (of the last two axes), `fliplr` and `flipud`: each undoes itself.

    d/dx = the function of grad.
    """

    returns_view = True
    takes_complex = True
    cases = (Case(x=real("n k")), Case(x=real("2 n k")))

    def forward(self, ctx: Context, x: Array) -> Array:
        return self.function(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return self.function(grad)


transpose = Transpose(np.transpose, np.permute_dims)
swapaxes = Swapaxes(np.swapaxes)
moveaxis = Moveaxis(np.moveaxis)
rollaxis = Rollaxis(np.rollaxis)
flip = Flip(np.flip)
matrix_transpose = SelfInverse(np.matrix_transpose, np.linalg.matrix_transpose)
fliplr = SelfInverse(np.fliplr)
flipud = SelfInverse(np.flipud)
