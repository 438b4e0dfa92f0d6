"""Fast comparisons of small arrays, at which the layers of Python around a ufunc take most of the time."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_close(x: Any, y: Any, rtol: float, atol: Any) -> bool:
    """Return `np.allclose(x, y, rtol, atol, equal_nan=True)`, at a tenth of its cost where x equals y."""
    if np.array_equal(x, y):
        return True
    y = y + 0.0  # truth values cannot be subtracted
    is_near = (np.abs(x - y) <= atol + rtol * np.abs(y)) & np.isfinite(y)
    return all_true(is_near | (x == y) | (np.isnan(x) & np.isnan(y)))


def has_same_values(x: Any, y: Any) -> bool:
    """Return whether two arrays are equal, NaN to NaN; the bytes are compared first."""
    if x.shape == y.shape and x.dtype == y.dtype and x.tobytes() == y.tobytes():
        return True
    return np.array_equal(x, y, equal_nan=True)


def is_finite(x: Any) -> bool:
    """Return whether all values are finite."""
    return all_true(np.isfinite(x))


def largest_magnitude(x: Any) -> float:
    """Return the largest absolute value among the finite values, 0 if there are none."""
    magnitudes = np.abs(x)
    largest = float(magnitudes.max(initial=0.0))
    return largest if largest < np.inf else float(magnitudes[np.isfinite(magnitudes)].max(initial=0.0))


def all_true(truth: Any) -> bool:
    """Return whether all truth values are true; `truth.all()` takes five times as long."""
    return bool(np.count_nonzero(truth) == truth.size)
