"""The same values in another arrangement. Views, as in NumPy, wherever NumPy gives views."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, axis_of, real
from minigrad_core.errors import ArgumentError

Axes = int | tuple[int, ...]


class Reshape(Operation):
    """The values in `shape`, where one size may be -1; read and put in `order` "C" or "F".

    d/dx = grad in the input's shape.
    """

    name = "reshape"
    implements = (np.reshape,)
    returns_view = True
    cases = (Case(x=real("2 6"), shape=(3, -1)), Case(x=real("4"), shape=(2, 2)), Case(x=real("1"), shape=()))

    def forward(self, ctx: Context, x: Array, *, shape: int | tuple[int, ...], order: Any = "C") -> Array:
        """Return the values in the new shape."""
        _check(order)
        ctx.save(x.shape, order)
        return np.reshape(x, shape, order)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient in the old shape."""
        shape, order = ctx.saved
        return np.reshape(grad, shape, order)


def _check(order: Any) -> None:
    if order not in ("C", "F"):  # "A" and "K" depend on how the values happen to lie in memory
        raise ArgumentError(f"order {order!r}: expected 'C' or 'F'")


class Ravel(Operation):
    """The values in one axis, read in `order` "C" or "F". d/dx = grad in the input's shape."""

    name = "ravel"
    implements = (np.ravel,)
    returns_view = True
    cases = (Case(x=real("n k")), Case(x=real("")))

    def forward(self, ctx: Context, x: Array, *, order: Any = "C") -> Array:
        """Return the values in one axis."""
        _check(order)
        ctx.save(x.shape, order)
        return np.reshape(x, (-1,), order)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient in the old shape."""
        shape, order = ctx.saved
        return np.reshape(grad, shape, order)


class Transpose(Operation):
    """The axes in the order `axes` (None: reversed). d/dx = grad with the axes put back."""

    name = "transpose"
    implements = (np.transpose, np.permute_dims)
    returns_view = True
    cases = (
        Case(x=real("n k")),
        Case(x=real("n k m"), axes=(2, 0, 1)),
        Case(x=real("n k m"), axes=(-1, 0, 1)),
    )

    def forward(self, ctx: Context, x: Array, *, axes: tuple[int, ...] | None = None) -> Array:
        """Return the permuted array."""
        ctx.save(None if axes is None else tuple(np.argsort([a % x.ndim for a in axes])))
        return np.transpose(x, axes)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient, permuted back."""
        return np.transpose(grad, ctx.saved[0])


class Swapaxes(Operation):
    """The array with `axis1` and `axis2` exchanged. d/dx = grad with them exchanged again."""

    name = "swapaxes"
    implements = (np.swapaxes,)
    returns_view = True
    cases = (Case(x=real("n k m"), axis1=0, axis2=-1),)

    def forward(self, ctx: Context, x: Array, *, axis1: int, axis2: int) -> Array:
        """Return the array with two axes exchanged."""
        ctx.save(axis1, axis2)
        return np.swapaxes(x, axis1, axis2)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Exchange them again."""
        return np.swapaxes(grad, *ctx.saved)


class Moveaxis(Operation):
    """The array with axes `source` moved to `destination`. d/dx = grad with them moved back."""

    name = "moveaxis"
    implements = (np.moveaxis,)
    returns_view = True
    cases = (
        Case(x=real("n k m"), source=0, destination=-1),
        Case(x=real("n k m"), source=(0, 1), destination=(-1, 0)),
    )

    def forward(self, ctx: Context, x: Array, *, source: Axes, destination: Axes) -> Array:
        """Return the array with moved axes."""
        ctx.save(source, destination)
        return np.moveaxis(x, source, destination)  # type: ignore[type-var]  # NumPy's stub knows no tensor

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Move them back."""
        source, destination = ctx.saved
        return np.moveaxis(grad, destination, source)  # type: ignore[type-var]  # NumPy's stub knows no tensor


class Rollaxis(Operation):
    """The array with `axis` moved before the axis `start`. d/dx = grad with it moved back."""

    name = "rollaxis"
    implements = (np.rollaxis,)
    returns_view = True
    cases = (
        Case(x=real("n k m"), axis=2),
        Case(x=real("n k m"), axis=0, start=2),
        Case(x=real("n k m"), axis=-1, start=1),
    )

    def forward(self, ctx: Context, x: Array, *, axis: int, start: int = 0) -> Array:
        """Return the array with the moved axis."""
        source = axis % x.ndim
        target = start + x.ndim if start < 0 else start
        ctx.save(source, target - (source < target))
        return np.moveaxis(x, *ctx.saved)  # type: ignore[type-var]  # NumPy's stub knows no tensor

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Move it back."""
        source, target = ctx.saved
        return np.moveaxis(grad, target, source)  # type: ignore[type-var]  # NumPy's stub knows no tensor


class Squeeze(Operation):
    """The array without axes of size one (`axis`: only these). d/dx = grad in the input's shape."""

    name = "squeeze"
    implements = (np.squeeze,)
    returns_view = True
    cases = (Case(x=real("n 1 k 1")), Case(x=real("1 n 1"), axis=0), Case(x=real("1 n 1"), axis=(0, -1)))

    def forward(self, ctx: Context, x: Array, *, axis: Axes | None = None) -> Array:
        """Return the array without the axes."""
        ctx.save(x.shape)
        return np.squeeze(x, axis=axis)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient in the old shape."""
        return np.reshape(grad, ctx.saved[0])


class ExpandDims(Operation):
    """The array with new axes of size one at `axis` of the result. d/dx = grad in the input's shape."""

    name = "expand_dims"
    implements = (np.expand_dims,)
    returns_view = True
    cases = (Case(x=real("n k"), axis=0), Case(x=real("n k"), axis=(1, -1)))

    def forward(self, ctx: Context, x: Array, *, axis: Axes) -> Array:
        """Return the array with new axes."""
        ctx.save(x.shape)
        return np.expand_dims(x, axis)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient in the old shape."""
        return np.reshape(grad, ctx.saved[0])


class BroadcastTo(Operation):
    """The values repeated to `shape`, by NumPy's rules. d/dx = grad summed over what was repeated."""

    name = "broadcast_to"
    implements = (np.broadcast_to,)
    returns_view = True
    cases = (
        Case(x=real("3 1"), shape=(2, 3, 4)),
        Case(x=real("3"), shape=(2, 3)),
        Case(x=real(""), shape=(2, 2)),
    )

    def forward(self, ctx: Context, x: Array, *, shape: int | tuple[int, ...]) -> Array:
        """Return the repeated values."""
        ctx.save(x.shape)
        return np.broadcast_to(x, shape)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the sum over what was repeated."""
        return unbroadcast(grad, ctx.saved[0])


class Flip(Operation):
    """The values in reverse order along `axis` (None: all). d/dx = grad reversed."""

    name = "flip"
    implements = (np.flip,)
    returns_view = True
    cases = (Case(x=real("n k")), Case(x=real("n k"), axis=axis_of("x")), Case(x=real("n k m"), axis=(0, -1)))

    def forward(self, ctx: Context, x: Array, *, axis: Axes | None = None) -> Array:
        """Return the reversed values."""
        ctx.save(axis)
        return np.flip(x, axis)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Reverse the gradient."""
        return np.flip(grad, ctx.saved[0])


class Mirror(Operation):
    """`fliplr` and `flipud`: `flip` along a fixed axis. d/dx = grad reversed."""

    returns_view = True
    cases = (Case(x=real("n k")),)

    def __init__(self, function: Any) -> None:
        self.name = function.__name__
        self.function = function
        self.implements = (function,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the reversed values."""
        return self.function(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Reverse the gradient."""
        return self.function(grad)


class MatrixTranspose(Operation):
    """The matrices in the last two axes, transposed. d/dx = grad transposed."""

    name = "matrix_transpose"
    implements = (np.matrix_transpose, np.linalg.matrix_transpose)
    returns_view = True
    cases = (Case(x=real("n k")), Case(x=real("2 n k")))

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the transposed matrices."""
        return np.swapaxes(x, -1, -2)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Transpose the gradient."""
        return np.swapaxes(grad, -1, -2)


reshape = Reshape()
ravel = Ravel()
transpose = Transpose()
swapaxes = Swapaxes()
moveaxis = Moveaxis()
rollaxis = Rollaxis()
squeeze = Squeeze()
expand_dims = ExpandDims()
broadcast_to = BroadcastTo()
flip = Flip()
fliplr = Mirror(np.fliplr)
flipud = Mirror(np.flipud)
matrix_transpose = MatrixTranspose()
