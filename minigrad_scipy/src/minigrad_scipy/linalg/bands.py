"""Banded matrices by their diagonals: ab[u + i - j, j] = a[i, j], with u diagonals above the main one.

ab: (..., l + u + 1, n). A place of ab outside of the matrix counts as 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_ops_basic.dtypes import conjugate


def gather(ab: Any, rows: Any, columns: Any) -> Any:
    """Return the values of ab at places of the band; 0 for columns outside of the matrix."""
    n = ab.shape[-1]
    rows, columns = np.broadcast_arrays(rows, columns)
    is_inside = (columns >= 0) & (columns < n)
    return np.where(is_inside, ab[..., rows, np.clip(columns, 0, n - 1)], 0)


def multiply_band(ab: Any, y: Any, u: int) -> Any:
    """Return a y, for columns y: (..., n, k)."""
    n = ab.shape[-1]
    k = np.arange(ab.shape[-2])[:, None]
    columns = np.arange(n) - k + u
    values = gather(ab, k, columns)
    return np.sum(values[..., None] * y[..., np.clip(columns, 0, n - 1), :], axis=-3)


def transpose_band(ab: Any, u: int) -> Any:
    """Return the diagonals of the transposed matrix."""
    k = np.arange(ab.shape[-2])[:, None]
    lower = ab.shape[-2] - 1 - u
    return gather(ab, lower + u - k, np.arange(ab.shape[-1]) + k - lower)


def expand_hermitian(ab: Any, lower: bool) -> Any:
    """Return all diagonals of a Hermitian matrix, given those of one triangle."""
    if lower:
        strict, flipped = ab[..., 1:, :], transpose_band(ab[..., 1:, :], -1)
        parts = [conjugate(flipped), np.real(ab[..., :1, :]), strict]
    else:
        strict, width = ab[..., :-1, :], ab.shape[-2] - 1
        parts = [strict, np.real(ab[..., -1:, :]), conjugate(transpose_band(strict, width))]
    dtype = ab.dtype
    return np.concatenate([part.astype(dtype) for part in parts], axis=-2)
