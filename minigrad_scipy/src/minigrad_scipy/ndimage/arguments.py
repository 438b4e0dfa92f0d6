"""Arguments that `scipy.ndimage` takes once, or once for each axis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def find_axes(axes: Any, ndim: int) -> tuple[int, ...]:
    """Return `axes` as a tuple of numbers in [0, ndim); None for all axes."""
    if axes is None:
        return tuple(range(ndim))
    return tuple(axis % ndim for axis in (axes if isinstance(axes, Iterable) else (axes,)))


def repeat(value: Any, n: int) -> list[Any]:
    """Return n values: those of a sequence, or a single value n times."""
    return [value] * n if np.ndim(value) == 0 else list(value)
