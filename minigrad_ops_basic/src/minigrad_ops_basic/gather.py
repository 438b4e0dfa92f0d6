"""Operations that gather values of their input; their gradient is a scatter-add."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation

from .indexing.items import scatter


class Gather(Operation):
    """An operation whose output consists of values of its input, each taken once, several times, or not at
    all.

    Where a value came from is found by moving the positions in the same way. So `forward` saves the input's
    shape and a function that does to any array of that shape what it did to the input; the gradient is added
    up at the positions. d/dx[p] = sum of grad over the values that came from p.
    """

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient, added up where the values came from."""
        shape, move = ctx.saved
        return scatter_flat(grad, shape, move(np.arange(prod(shape)).reshape(shape)))


def scatter_flat(grad: Array, shape: tuple[int, ...], positions: NDArray[np.intp]) -> Array:
    """Return zeros of `shape` to which `grad` was added at flat `positions`, one for each of its values."""
    if prod(shape) == 0:  # np.resize fills an array of nothing up with zeros, which came from nowhere
        return np.zeros(shape, grad.dtype)
    flat = scatter(np.reshape(grad, (-1,)), (prod(shape),), np.reshape(positions, (-1,)))
    return np.reshape(flat, shape)
