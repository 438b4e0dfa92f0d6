"""Initial values of the parameters of layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Parameter
from minigrad_core.errors import ArgumentError

from ..initializers import uniform


def make_generator(rng: np.random.Generator | None) -> np.random.Generator:
    """Return `rng`, or a fresh generator; a seed makes one, as in NumPy.

    Raises
    ------
    ArgumentError
        It is neither.
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"rng: expected a generator, such as numpy.random.default_rng(0), got {rng!r}"
        ) from error


def make_constant_parameter(size: int | tuple[int, ...], value: float, dtype: DTypeLike) -> Parameter:
    """Return a parameter with one value everywhere."""
    return Parameter(np.full(size, value, dtype))


def draw_parameter(
    shape: tuple[int, ...], bound: float, rng: np.random.Generator, dtype: DTypeLike
) -> Parameter:
    """Return a parameter drawn uniformly from [-bound, bound)."""
    return Parameter(uniform(shape, rng=rng, dtype=dtype, low=-bound, high=bound))
