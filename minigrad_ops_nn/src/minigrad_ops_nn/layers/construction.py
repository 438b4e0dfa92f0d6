"""Checks of the arguments that a layer is made with, and the initial values of its parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Module, Parameter
from minigrad_core.errors import ArgumentError

from ..initializers import uniform


def check_sizes(layer: Module, *, least: int = 0, **sizes: Any) -> None:
    """Raise `ArgumentError` unless every size is a whole number of at least `least`.

    NumPy's error for a negative dimension names neither the layer nor the argument.
    """
    for name, size in sizes.items():
        if not hasattr(size, "__index__") or isinstance(size, bool) or size < least:
            raise ArgumentError(
                f"{type(layer).__name__}: {name} must be a whole number of at least {least}, got {size!r}"
            )


def check_probability(layer: str, p: float, what: str = "probability p") -> float:
    """Return p; raise `ArgumentError` unless it is a number in [0, 1]."""
    if not isinstance(p, (int, float, np.number)) or not 0 <= p <= 1:
        raise ArgumentError(f"{layer} expected a {what} in [0, 1], got {p!r}")
    return p


def make_generator(rng: np.random.Generator | None) -> np.random.Generator:
    """Return `rng`, or a fresh generator for None; a seed makes a generator, as in NumPy.

    Raises
    ------
    ArgumentError
        `rng` is something else.
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"rng: expected a generator, such as numpy.random.default_rng(0), got {rng!r}"
        ) from error


def fill_parameter(size: int | tuple[int, ...], value: float, dtype: DTypeLike) -> Parameter:
    """Return a parameter filled with one value."""
    return Parameter(np.full(size, value, dtype))


def draw_parameter(
    shape: tuple[int, ...], bound: float, rng: np.random.Generator, dtype: DTypeLike
) -> Parameter:
    """Return a parameter drawn uniformly from [-bound, bound)."""
    return Parameter(uniform(shape, rng=rng, dtype=dtype, low=-bound, high=bound))
