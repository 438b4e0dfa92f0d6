"""`tile`, `repeat`, `resize`, `roll`, `rot90` and `fftshift`."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context
from minigrad_core.cases import Case, axis_of, real

from ..dtypes import widen_half
from ..function import NumpyFunction
from ..gather import Gather, scatter_flat

Ints = int | tuple[int, ...]


class Tile(NumpyFunction):
    """The array repeated `reps` times along each axis. d/dx = grad summed over the repetitions."""

    takes_complex = True
    cases = (Case(x=real("n k"), reps=2), Case(x=real("n k"), reps=(2, 1, 3)), Case(x=real("n"), reps=(2, 2)))

    def forward(self, ctx: Context, x: Array, *, reps: Ints) -> Array:
        ctx.save(x.shape, tuple(np.atleast_1d(reps)))
        return np.tile(x, reps)

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, reps = ctx.saved
        missing = len(reps) - len(shape)
        sizes = (1,) * missing + shape
        counts = (1,) * -missing + reps
        pairs = [n for pair in zip(counts, sizes, strict=True) for n in pair]
        repetitions = tuple(range(0, len(pairs), 2))
        return np.reshape(np.sum(np.reshape(widen_half(grad), pairs), axis=repetitions), shape)


class Repeat(NumpyFunction):
    """Each value repeated along `axis` (None: of the flattened values).

    repeats: the number of repetitions, one for all or one for each index of the axis.

    d/dx = grad summed over the repetitions.
    """

    takes_complex = True
    cases = (
        Case(x=real("n k"), repeats=2),
        Case(x=real("n k"), repeats=3, axis=axis_of("x")),
        Case(x=real("2 3"), repeats=np.array([1, 0, 2]), axis=1),
        Case(x=real("2 3"), repeats=np.array([2])),
        Case(x=real("2 3"), repeats=np.array([2, 1]), axis=0),
    )

    def forward(
        self, ctx: Context, x: Array, *, repeats: int | NDArray[np.intp], axis: int | None = None
    ) -> Array:
        ctx.save(x.shape, np.asarray(repeats, np.intp), axis)  # NumPy reads [] as whole numbers, too
        return np.repeat(x, repeats, axis)

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, repeats, axis = ctx.saved
        if repeats.size != 1:
            return scatter_flat(grad, shape, np.repeat(np.arange(prod(shape)).reshape(shape), repeats, axis))
        lined = shape if shape and axis is not None else (prod(shape),)
        along = 0 if axis is None else axis % len(lined)
        repeated = (*lined[: along + 1], repeats.item(), *lined[along + 1 :])
        return np.reshape(np.sum(np.reshape(widen_half(grad), repeated), axis=along + 1), shape)


class Resize(Gather):
    """The values in `new_shape`, cut off or repeated from the start.

    d/dx = grad summed over the repetitions.
    """

    takes_complex = True
    cases = (
        Case(x=real("2 3"), new_shape=(4, 2)),
        Case(x=real("2 3"), new_shape=4),
        Case(x=real("0 3"), new_shape=4),
    )

    def forward(self, ctx: Context, x: Array, *, new_shape: Ints) -> Array:
        ctx.save(x.shape, lambda a: np.resize(a, new_shape))
        return np.resize(x, new_shape)


class Roll(NumpyFunction):
    """The values shifted by `shift` places along `axis` (None: flattened); the last ones come first.

    d/dx = grad shifted back.
    """

    takes_complex = True
    cases = (
        Case(x=real("n k"), shift=2),
        Case(x=real("n k"), shift=-1, axis=axis_of("x")),
        Case(x=real("n k m"), shift=(1, 2), axis=(0, -1)),
    )

    def forward(self, ctx: Context, x: Array, *, shift: Ints, axis: Ints | None = None) -> Array:
        wide = np.asarray(shift, np.int64)  # NumPy 2.1 negates a uint8 in its own type
        ctx.save(wide, axis)
        return np.roll(x, wide, axis)

    def backward(self, ctx: Context, grad: Array) -> Array:
        shift, axis = ctx.saved
        return np.roll(grad, -shift, axis)


class Rot90(NumpyFunction):
    """The array rotated `k` times by 90 degrees in the plane of two `axes`. d/dx = grad rotated back."""

    returns_view = True
    takes_complex = True
    cases = (
        Case(x=real("n k")),
        Case(x=real("n k m"), k=3, axes=(1, 2)),
        Case(x=real("n k m"), k=-2, axes=(2, 0)),
    )

    def forward(self, ctx: Context, x: Array, *, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Array:
        ctx.save(k, axes)
        return np.rot90(x, k, axes)

    def backward(self, ctx: Context, grad: Array) -> Array:
        k, axes = ctx.saved
        return np.rot90(grad, -int(k), axes)


class HalfShift(NumpyFunction):
    """`np.fft.fftshift` and its inverse: the halves of each of `axes` (None: all) exchanged.

    d/dx = the inverse of grad.
    """

    takes_complex = True
    cases = (Case(x=real("n k")), Case(x=real("3 4"), axes=0), Case(x=real("3 5"), axes=(0, 1)))

    def __init__(self, function: Any, inverse: Any) -> None:
        super().__init__(function)
        self.inverse = inverse

    def forward(self, ctx: Context, x: Array, *, axes: Ints | None = None) -> Array:
        ctx.save(axes)
        return self.function(x, axes)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return self.inverse(grad, ctx.saved[0])


tile = Tile(np.tile)
repeat = Repeat(np.repeat)
resize = Resize(np.resize)
roll = Roll(np.roll)
rot90 = Rot90(np.rot90)
fftshift = HalfShift(np.fft.fftshift, np.fft.ifftshift)
ifftshift = HalfShift(np.fft.ifftshift, np.fft.fftshift)
