"""Gradients times slopes that may be infinite.

A branch that `np.where` did not select sends back zeros; they must not become NaN on the way (0 times
infinity), or the branch leaks into the other one. Where all is finite nothing is masked, so second
derivatives stay right where a gradient happens to be zero.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from minigrad_core import Array

from .dtypes import detach


def is_finite(x: Array) -> bool:
    """Return whether all values are finite."""
    values = detach(x)
    # The sum of squares in BLAS: a third of the time of isfinite. Squares that overflow are looked at again.
    return isfinite(np.vdot(values, values).real) or bool(np.isfinite(values).all())


def multiply_no_nan(grad: Array, *, slope: Array) -> Array:
    """Return `grad * slope`, with 0 where an infinite or undefined slope meets a zero gradient."""
    out = grad * slope
    if is_finite(out):
        return out
    return np.where((grad == 0) & ~np.isfinite(slope), 0, out)


def divide_no_nan(grad: Array, divisor: Array) -> Array:
    """Return `grad / divisor`, with 0 where a divisor that is 0 or NaN meets a zero gradient."""
    with np.errstate(divide="ignore", invalid="ignore"):
        out = grad / divisor
    if is_finite(out):
        return out
    return np.where((grad == 0) & ((divisor == 0) | np.isnan(divisor)), 0, out)


def divide_or_zero(grad: Array, divisor: Array) -> Array:
    """Return `grad / divisor`, with 0 where the divisor is 0: the convention at the root of 0."""
    out = divide_no_nan(grad, divisor)
    return out if is_finite(out) else np.where(divisor == 0, 0, out)


def has_zeros(x: Any) -> bool:
    """Return whether a value is 0. For masks that are rarely needed: one takes three times as long."""
    values = detach(x)
    return bool(np.count_nonzero(values) < np.size(values))


def is_divisible(x: Array) -> bool:
    """Return whether x is a plain array of values that can be divided by and into: normal numbers all.

    What is recorded is left to formulas without a division, whose derivatives are right at 0, too.
    """
    if type(x) is not np.ndarray or not x.size:
        return False
    sizes = np.abs(x)
    return bool(sizes.min() >= np.finfo(x.dtype).tiny and isfinite(sizes.max()))


def invert_or_zero(x: Array) -> Array:
    """Return 1 / x, and 0 where x = 0."""
    zero = x == 0
    return np.where(zero, 0, 1 / np.where(zero, 1, x))
