"""Banded matrices by their diagonals: ab[u + i - j, j] = a[i, j], with u diagonals above the main one.

ab: (..., l + u + 1, n). A position of ab outside of the matrix counts as 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def pad_zeros(x: Any, before: int, after: int, axis: int) -> Any:
    """Return x with zeros before and after it along one of the last two axes."""
    outer, inner = x.shape[:axis], x.shape[axis:][1:]
    start, end = (np.zeros((*outer, size, *inner), x.dtype) for size in (before, after))
    return np.concatenate([start, x, end], axis=axis)


def multiply_band(ab: Any, y: Any, u: int) -> Any:
    """Return a y, for columns y: (..., n, k)."""
    last, n = ab.shape[-2] - 1, ab.shape[-1]
    bands = (pad_zeros(ab[..., k, :, None] * y, last - u, u, -2) for k in range(last + 1))
    return sum(band[..., last - k : last - k + n, :] for k, band in enumerate(bands))


def find_product_band(x: Any, y: Any, l: int, u: int) -> Any:  # noqa: E741 - as in l_and_u
    """Return the diagonals of x y^T; x, y: (..., n, k)."""
    n, padded = x.shape[-2], pad_zeros(x, u, l, -2)
    return np.stack([np.sum(padded[..., k : k + n, :] * y, axis=-1) for k in range(l + u + 1)], axis=-2)


def transpose_band(ab: Any, u: int) -> Any:
    """Return the diagonals of the transposed matrix."""
    last, n = ab.shape[-2] - 1, ab.shape[-1]
    padded = pad_zeros(ab, last - u, u, -1)
    return np.stack([padded[..., last - k, k : k + n] for k in range(last + 1)], axis=-2)
