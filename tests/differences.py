"""Difference quotients, against which tests compare gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def difference(f: Callable[[Any], Any], x: Any, h: float = 1e-3) -> Any:
    """Return the derivative of f at x by four values, an error of about h^4; x: a number, or elementwise."""
    return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)


def take_differences(f: Callable[[Any], Any], x: Any, h: float = 1e-6) -> Any:
    """Return the gradient of a scalar function by central differences; the error is about 1e-9."""
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.reshape([(f(x + step) - f(x - step)) / (2 * h) for step in steps], x.shape)
