"""Random numbers in the requested dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core.array import Shape
from minigrad_core.errors import ArgumentError


def draw_uniform(
    rng: np.random.Generator, shape: Shape, dtype: DTypeLike, low: float, high: float
) -> NDArray[Any]:
    """Return draws from [low, high)."""
    draws = _draw(rng, "random", shape, dtype)
    draws *= high - low
    draws += low
    return draws


def draw_normal(
    rng: np.random.Generator, shape: Shape, dtype: DTypeLike, mean: float, std: float
) -> NDArray[Any]:
    """Return draws from the normal distribution."""
    draws = _draw(rng, "standard_normal", shape, dtype)
    draws *= std
    draws += mean
    return draws


def check_floating_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """Return `dtype`; raise `ArgumentError` unless it is floating point: integer draws would all be 0."""
    try:
        checked = np.dtype(dtype)
    except TypeError as error:
        raise ArgumentError(f"dtype: {error}; use one such as numpy.float32") from error
    if checked.kind != "f":
        raise ArgumentError(
            f"dtype: parameters are floating point, got {checked}; use one such as numpy.float32"
        )
    return checked


def _draw(rng: np.random.Generator, draw: str, shape: Shape, dtype: DTypeLike) -> NDArray[Any]:
    """Return NumPy's draws in float32 or float64; draws in other dtypes are converted from float64."""
    if not isinstance(rng, np.random.Generator):
        raise ArgumentError(f"rng: expected a generator, such as numpy.random.default_rng(0), got {rng!r}")
    dtype = check_floating_dtype(dtype)
    native = dtype if dtype in (np.float32, np.float64) else np.dtype(np.float64)
    return np.asarray(getattr(rng, draw)(shape, dtype=native)).astype(dtype, copy=False)
