"""Random values of both signs, none of them close to 0: what gradients of outputs and directions are."""

from collections.abc import Callable
from functools import cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...array import Shape

ROOM = 2048


def signed(rng: np.random.Generator) -> Callable[[Shape], NDArray[Any]]:
    """Return a maker of arrays of such values."""

    def make(shape: Shape) -> NDArray[Any]:
        u = rng.uniform(-1, 1, shape)
        return u + np.copysign(0.5, u)

    return make


def signed_values(seed: int, start: int, shape: Shape) -> NDArray[Any]:
    """Return such values from a place on that the seed and `start` choose: not to be written to."""
    values, start, size = _sequence(), (seed + start) % ROOM, prod(shape)
    return np.resize(values[start:], shape) if size > ROOM else values[start : start + size].reshape(shape)


@cache
def _sequence() -> NDArray[Any]:
    """Return what `signed_values` are taken from: a generator for each call costs more than the call."""
    return signed(np.random.default_rng(0))((2 * ROOM,))
