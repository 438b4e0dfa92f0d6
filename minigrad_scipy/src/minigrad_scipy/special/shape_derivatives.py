"""Derivatives of the incomplete gamma and beta functions in their shapes, by differences of SciPy's values.

No ufunc gives them (DLMF 8.8 and 8.17 have none in closed form). The functions are analytic in the shapes,
and SciPy computes them to about 1e-14: differences of eighth order in double precision give eleven digits or
more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_ops_basic.dtypes import detach

WEIGHTS = np.array([4 / 5, -1 / 5, 4 / 105, -1 / 280])
STEP = 0.04  # times the length over which the function changes: (0.04)^8 / 630 times the ninth derivative


def difference(f: Callable[[Any], Any], a: Any, rate: Any) -> Any:
    """Return f'(a) for a > 0, of a function that changes by its own size over a length of 1 / rate.

    gamma(a + b) has a pole at a = -b. A step of a hundredth of the distance has an error of 576 (1 / 100)^8.
    f broadcasts: it takes four points at once, along a new first axis.
    """
    h = np.minimum(STEP / rate, detach(a) / 100)
    weights = WEIGHTS.reshape(-1, *(1,) * np.ndim(h))
    steps = np.arange(1, 5).reshape(weights.shape) * h
    return np.sum(weights * (f(a + steps) - f(a - steps)), axis=0) / h


def differentiate_gammainc(a: Array, x: Array) -> Array:
    """Return the derivative of gammainc(a, x) in a, from the smaller one of gammainc and gammaincc."""
    shape, end = detach(a), np.clip(detach(x), 1e-300, 1e300)
    rate = np.abs(np.log(end) - special.psi(shape)) + np.sqrt(special._zeta(2.0, shape))
    return np.where(
        end < shape,
        difference(lambda a: special.gammainc(a, x), a, rate),
        -difference(lambda a: special.gammaincc(a, x), a, rate),
    )


def differentiate_betainc(a: Array, b: Array, x: Array, rest: Any = None) -> tuple[Any, Any]:
    """Return functions that give the derivatives of betainc(a, b, x) in a and in b.

    The smaller one of betainc(a, b, x) and 1 - betainc(a, b, x) = betainc(b, a, 1 - x) is differentiated.
    rest: 1 - x, if it is known with more digits.
    """
    rest = 1 - x if rest is None else rest
    low = detach(x) * (detach(a) + detach(b)) < detach(a)
    sign, end = np.where(low, 1, -1), np.where(low, x, rest)

    def differentiate_in_a() -> Any:
        rate = rate_beta(detach(a), detach(b), detach(x))
        betainc = lambda a: special.betainc(np.where(low, a, b), np.where(low, b, a), end)  # noqa: E731
        return sign * difference(betainc, a, rate)

    def differentiate_in_b() -> Any:
        rate = rate_beta(detach(b), detach(a), detach(rest))
        betainc = lambda b: special.betainc(np.where(low, a, b), np.where(low, b, a), end)  # noqa: E731
        return sign * difference(betainc, b, rate)

    return differentiate_in_a, differentiate_in_b


def rate_beta(a: Any, b: Any, x: Any) -> Any:
    """Return the relative change of betainc(a, b, x) in a: that of x^a / beta(a, b), and its spread."""
    change = np.log(np.maximum(x, 1e-300)) - special.psi(a) + special.psi(a + b)
    return np.abs(change) + np.sqrt(special._zeta(2.0, a) - special._zeta(2.0, a + b))


def differentiate_stdtr(df: Array, t: Array) -> Array:
    """Return the derivative of stdtr(df, t) in df, from the tail below -|t|."""
    degrees, size = detach(df), np.abs(detach(t))
    rate = np.log(np.hypot(1, size / np.sqrt(degrees))) + 3 / degrees
    sign = np.where(t > 0, 1.0, -1.0)  # np.sign would have the slope 0 in t at t = 0
    return -sign * difference(lambda df: special.stdtr(df, -sign * t), df, rate)
