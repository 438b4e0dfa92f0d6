"""Gradients in the presence of NaN, infinities and zeros.

`np.where` sends zeros back to the branch that it did not select. Zero times an infinite slope would be NaN,
so the functions `*_no_nan` return 0 there. If all values are finite, they apply no mask, since a mask would
make second derivatives wrong where a gradient is zero.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from minigrad_core import Array
from minigrad_core.effects import predicate

from .dtypes import detach

_BITS = {size: np.dtype(f"i{size}") for size in (1, 2, 4, 8)}


@predicate
def is_finite(x: Array) -> bool:
    """Return whether all values are finite."""
    values = detach(x)
    # The sum of squares in BLAS takes a third of the time of isfinite. Where it overflows, isfinite decides.
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


def invert_or_zero(x: Array) -> Array:
    """Return 1 / x, and 0 where x = 0."""
    zero = x == 0
    return np.where(zero, 0, 1 / np.where(zero, 1, x))


@predicate
def has_true(mask: Any) -> bool:
    """Return whether a value of a mask is true."""
    return bool(np.count_nonzero(mask))


@predicate
def has_zeros(x: Any) -> bool:
    """Return whether a value is 0. Without a mask, a rule takes a third of the time."""
    values = detach(x)
    return bool(np.count_nonzero(values) < np.size(values))


def is_divisible(x: Array) -> bool:
    """Return whether x is a plain array of normal numbers, by which a gradient can be divided.

    The answer for a tensor is False: a formula without a division has the right derivatives at 0, too.
    """
    if type(x) is not np.ndarray or not x.size:
        return False
    sizes = np.abs(x)
    return bool(sizes.min() >= np.finfo(x.dtype).tiny and isfinite(sizes.max()))


def find_valid(x: Any, where: Any) -> Any:
    """Return a mask of the values that are not NaN and for which `where` holds."""
    valid = np.logical_not(np.isnan(x))
    return valid if where is True else np.logical_and(valid, where)


def apply_mask(x: Any, mask: Any) -> Array:
    """Return `x` where `mask` is true, else 0. x and mask broadcast.

    This is a product of x and the mask, since `np.where` takes eight times as long on a random mask and twice
    as long on a triangle. The factors are the bits as integers, since infinity times 0 is NaN.
    """
    if type(x) is not np.ndarray or type(mask) is not np.ndarray or x.itemsize not in _BITS:
        return np.where(mask, x, 0)
    bits = _BITS[x.itemsize]
    # Converted first, since NumPy would convert a mask of booleans piece by piece.
    kept = (mask if mask.dtype.char == "?" else mask.astype(bool)).astype(bits)
    if kept.shape == x.shape:
        kept *= x.view(bits)
        return kept.view(x.dtype)
    return (kept * x.view(bits)).view(x.dtype)
