"""Operations that gather values of their input. The gradient is a scatter-add."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context

from .function import NumpyFunction
from .indexing.items import scatter


class Gather(NumpyFunction):
    """An operation with an output of values of its input, each taken once, several times, or not at all.

    `forward` saves the shape of the input, and a function that moves the values of any array of this shape
    like those of the input. `backward` moves the flat positions by this function, and adds up the gradient at
    these positions: d/dx[p] = the sum of grad over the outputs with the position p.
    """

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, move = ctx.saved
        return scatter_flat(grad, shape, move(np.arange(prod(shape)).reshape(shape)))


def scatter_flat(grad: Array, shape: tuple[int, ...], positions: NDArray[np.intp]) -> Array:
    """Return zeros of `shape` to which each value of `grad` is added at its flat position."""
    if prod(shape) == 0:  # np.resize of an empty array is zeros, without a position
        return np.zeros(shape, grad.dtype)
    flat = scatter(np.reshape(grad, (-1,)), (prod(shape),), np.reshape(positions, (-1,)))
    return np.reshape(flat, shape)
