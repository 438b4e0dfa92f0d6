"""Banded matrices by their diagonals: ab[u + i - j, j] = a[i, j], with u diagonals above the main one.

ab: (..., l + u + 1, n). A position of ab outside of the matrix counts as 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def extend(x: Any, before: int, after: int, axis: int) -> Any:
    """Return x with zeros before and after it along one of the last two axes."""
    shapes = ([*x.shape] for _ in range(2))
    parts = []
    for shape, size in zip(shapes, (before, after), strict=True):
        shape[axis] = size
        parts.append(np.zeros(shape, x.dtype))
    return np.concatenate([parts[0], x, parts[1]], axis=axis)


def multiply_band(ab: Any, y: Any, u: int) -> Any:
    """Return a y, for columns y: (..., n, k)."""
    last, n = ab.shape[-2] - 1, ab.shape[-1]
    bands = (extend(ab[..., k, :, None] * y, last - u, u, -2) for k in range(last + 1))
    return sum(band[..., last - k : last - k + n, :] for k, band in enumerate(bands))


def multiply_columns(x: Any, y: Any, l: int, u: int) -> Any:  # noqa: E741 - as in l_and_u
    """Return the diagonals of x y^T; x, y: (..., n, k)."""
    n, extended = x.shape[-2], extend(x, u, l, -2)
    return np.stack([np.sum(extended[..., k : k + n, :] * y, axis=-1) for k in range(l + u + 1)], axis=-2)


def transpose_band(ab: Any, u: int) -> Any:
    """Return the diagonals of the transposed matrix."""
    last, n = ab.shape[-2] - 1, ab.shape[-1]
    extended = extend(ab, last - u, u, -1)
    return np.stack([extended[..., last - k, k : k + n] for k in range(last + 1)], axis=-2)
