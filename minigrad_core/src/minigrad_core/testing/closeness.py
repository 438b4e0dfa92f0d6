"""What most comparisons ask, at little cost: arrays here are small, and layers around a ufunc count."""

from __future__ import annotations

from typing import Any

import numpy as np


def close(x: Any, y: Any, rtol: float, atol: float) -> bool:
    """Return what `np.allclose` says with `equal_nan`, at a tenth of its cost where x is y."""
    if np.array_equal(x, y):
        return True
    y = y + 0.0  # truth values cannot be subtracted
    near = (np.abs(x - y) <= atol + rtol * np.abs(y)) & np.isfinite(y)
    return everywhere(near | (x == y) | (np.isnan(x) & np.isnan(y)))


def same_bits(x: Any, y: Any, *_: Any) -> bool:
    """Return whether two arrays are equal, NaN to NaN: the bits decide nearly always."""
    if x.shape == y.shape and x.dtype == y.dtype and x.tobytes() == y.tobytes():
        return True
    return np.array_equal(x, y, equal_nan=True)


def finite(x: Any) -> bool:
    """Return whether all values are finite."""
    return everywhere(np.isfinite(x))


def largest(x: Any) -> float:
    """Return the largest absolute value among those that are finite, 0 if there are none."""
    sizes = np.abs(x)
    most = float(sizes.max(initial=0.0))
    return most if most < np.inf else float(sizes[np.isfinite(sizes)].max(initial=0.0))


def everywhere(truth: Any) -> bool:
    """Return whether all truth values are true: of few, the bytes say so at a third of the cost of `all`."""
    return 0 not in truth.tobytes()
