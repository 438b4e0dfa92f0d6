"""`sinc`."""

from __future__ import annotations

from functools import reduce
from math import factorial
from typing import Any

import numpy as np

from minigrad_core import Array

from ..elementwise import InputElementwise


@InputElementwise.define(np.sinc, takes_complex=True)
def sinc(grad: Array, x: Any) -> Array:
    """sin(pi x) / (pi x), 1 at x = 0. d/dx = grad (cos(pi x) - sinc x) / x, 0 at x = 0."""
    near = abs(x) < _NEAR  # where the formula cancels: there the Taylor series is exact
    if not np.count_nonzero(near):
        return grad * _compute_far_slope(x)
    inside = np.where(near, x, 0)
    far = _compute_far_slope(np.where(near, 1, x))
    return grad * np.where(near, inside * _sum_series(inside * inside), far)


def _compute_far_slope(x: Array) -> Array:
    return (np.cos(np.pi * x) - np.sinc(x)) / x


def _sum_series(square: Array) -> Array:
    return reduce(lambda total, term: total * square + term, reversed(_TERMS))


# The Taylor series is sinc'(x) = sum over k >= 1 of (-1)^k pi^2k 2k / (2k + 1)! x^(2k - 1); for |x| < 0.1
# six terms reach double precision.
_NEAR = 0.1
_TERMS = [(-1) ** k * np.pi ** (2 * k) * 2 * k / factorial(2 * k + 1) for k in range(1, 7)]
