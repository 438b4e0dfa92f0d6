"""Elementary functions by way of those that NumPy computes with vector instructions.

For 262,144 float32 values NumPy's maximum with a number takes 0.13 ms, clip 0.04; expm1 1.73, tanh 0.67;
log1p 1.39, log 0.45. Tensors and other types than float32 and float64 take the plain functions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array

from ..kernels.constants import scalar


def is_plain(x: Any) -> bool:
    """Return whether x is an `ndarray` of float32 or float64."""
    return type(x) is np.ndarray and x.dtype.char in "fd"


def positive_part(x: Any) -> Array:
    """Return `max(x, 0)`."""
    return x.clip(scalar(0, x.dtype), scalar(np.inf, x.dtype)) if is_plain(x) else np.maximum(x, 0)


def negative_part(x: Any) -> Array:
    """Return `min(x, 0)`."""
    return x.clip(scalar(-np.inf, x.dtype), scalar(0, x.dtype)) if is_plain(x) else np.minimum(x, 0)


def expm1(x: Any) -> Array:
    """Return `exp(x) - 1` for x <= 0, as `2 t / (1 - t)` with t = tanh(x / 2)."""
    if not is_plain(x):
        return np.expm1(x)
    t: Any = np.multiply(x, 0.5, out=np.empty_like(x))
    np.tanh(t, out=t)
    rest = np.subtract(1, t, out=np.empty_like(x))
    t += t
    t /= rest
    return t


def log1p(x: Any) -> Array:
    """Return `log(1 + x)` for x in [0, 1], as `log(u) + (x - (u - 1)) / u` with u the rounded 1 + x.

    The second term is what rounding took away (Goldberg 1991, theorem 4, in another form).
    """
    if not is_plain(x):
        return np.log1p(x)
    u: Any = np.add(x, 1, out=np.empty_like(x))
    lost: Any = np.subtract(u, 1, out=np.empty_like(x))
    np.subtract(x, lost, out=lost)
    lost /= u
    np.log(u, out=u)
    u += lost
    return u
