"""Random numbers in the dtype that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from minigrad_core.array import Shape


def draw_uniform(
    rng: np.random.Generator, shape: Shape, dtype: DTypeLike, low: float, high: float
) -> NDArray[Any]:
    """Return draws from [low, high)."""
    draws = _drawn(rng.random, shape, dtype)
    draws *= high - low
    draws += low
    return draws


def draw_normal(
    rng: np.random.Generator, shape: Shape, dtype: DTypeLike, mean: float, std: float
) -> NDArray[Any]:
    """Return draws from the normal distribution."""
    draws = _drawn(rng.standard_normal, shape, dtype)
    draws *= std
    draws += mean
    return draws


def _drawn(draw: Any, shape: Shape, dtype: DTypeLike) -> NDArray[Any]:
    """Return `draw`'s values; NumPy draws float32 and float64, and other dtypes are made from float64."""
    dtype = np.dtype(dtype)
    native = dtype if dtype in (np.float32, np.float64) else np.dtype(np.float64)
    return np.asarray(draw(shape, dtype=native)).astype(dtype, copy=False)
