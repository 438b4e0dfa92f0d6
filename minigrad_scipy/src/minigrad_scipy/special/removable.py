"""Quotients, products and differences at points where one term is not finite, or where the terms cancel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def divide_keeping_zero(x: Any, y: Any) -> Any:
    """Return x / y, and 0 where x is 0, for any y."""
    return x / np.where(x == 0, 1, y)


def multiply_keeping_zero(factor: Any, slope: Any) -> Any:
    """Return factor times slope, and 0 where the factor is 0, also if the slope is infinite or NaN."""
    return np.where(factor == 0, 0, slope) * factor


def expand_near_zero(x: Any, f: Callable[[Any], Any], coefficients: Sequence[float]) -> Any:
    """Return f(x), and for |x| < 1, where terms of f cancel, the sum of coefficients[k] x^(2 k)."""
    near = np.abs(x) < 1
    square = np.where(near, x, 0) ** 2
    total: Any = 0.0
    for coefficient in reversed(coefficients):
        total = total * square + coefficient
    return np.where(near, total, f(np.where(near, 1, x)))
