"""The incomplete gamma functions, normalized, and the distribution functions made of them. DLMF 8."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive

from .function import define
from .removable import divide_keeping_zero, multiply_keeping_zero
from .shape_derivatives import differentiate_gammainc

_SHAPED = Case(a=between(0.3, 4, "..."), x=positive("..."))
LARGEST = 1e300  # instead of infinity, at which the density is 0


def split_power(x: Any, power: Any) -> tuple[Any, Any]:
    """Return x^power where x is 0, else 1, and the logarithm of x^power where x is not 0, else 0.

    At 0 an exponential of the logarithm has the slope 0, and not that of the power.
    """
    is_zero = x == 0
    return np.where(is_zero, x, 1) ** power, special.xlogy(power, np.where(is_zero, 1, x))


def density(a: Any, x: Array) -> Array:
    """Return the derivative of gammainc in x, x^(a - 1) exp(-x) / gamma(a), DLMF 8.8.13."""
    x = np.minimum(x, LARGEST)
    at_zero, logarithm = split_power(x, a - 1)
    return at_zero * np.exp(logarithm - x - special.gammaln(a))


@define(special.gammainc, _SHAPED, Case(a=np.array([0.5, 2.0]), x=np.array([np.inf, np.inf])))
def gammainc(a: Array, x: Array) -> Any:
    """The integral of t^(a - 1) exp(-t) / gamma(a) from 0 to x. d/dx = the integrand at x. DLMF 8.2.4.

    d/da is computed by differences, to about eleven digits.
    """
    return lambda: differentiate_gammainc(a, x), lambda: density(a, x)


@define(special.gammaincc, _SHAPED)
def gammaincc(a: Array, x: Array) -> Any:
    """1 - gammainc(a, x), exact where the difference is small. d/dx = -x^(a - 1) exp(-x) / gamma(a)."""
    return lambda: -differentiate_gammainc(a, x), lambda: -density(a, x)


@define(special.gammaincinv, Case(a=between(0.5, 4, "..."), p=between(0.05, 0.95, "...")))
def gammaincinv(a: Array, p: Array, *, y: Array) -> Any:
    """The y at which gammainc(a, y) is p. d/dp = 1 / (y^(a - 1) exp(-y) / gamma(a))."""
    return (
        lambda: divide_keeping_zero(-differentiate_gammainc(a, y), density(a, y)),
        lambda: 1 / density(a, y),
    )


@define(special.gammainccinv, Case(a=between(0.5, 4, "..."), q=between(0.05, 0.95, "...")))
def gammainccinv(a: Array, q: Array, *, y: Array) -> Any:
    """The y at which gammaincc(a, y) is q. d/dq = -1 / (y^(a - 1) exp(-y) / gamma(a))."""
    return (
        lambda: divide_keeping_zero(-differentiate_gammainc(a, y), density(a, y)),
        lambda: -1 / density(a, y),
    )


# Distribution functions.


@define(special.chdtr, Case(v=between(0.5, 8, "..."), x=positive("...")))
def chdtr(v: Array, x: Array) -> Any:
    """The probability that a chi-squared value of v degrees is below x: gammainc(v / 2, x / 2)."""
    return lambda: differentiate_gammainc(v / 2, x / 2) / 2, lambda: density(v / 2, x / 2) / 2


@define(special.chdtrc, Case(v=between(0.5, 8, "..."), x=positive("...")))
def chdtrc(v: Array, x: Array) -> Any:
    """The probability that a chi-squared value of v degrees exceeds x: gammaincc(v / 2, x / 2)."""
    return lambda: differentiate_gammainc(v / 2, x / 2) / -2, lambda: density(v / 2, x / 2) / -2


@define(special.chdtri, Case(v=between(1, 8, "..."), p=between(0.05, 0.95, "...")))
def chdtri(v: Array, p: Array, *, y: Array) -> Any:
    """The y that a chi-squared value of v degrees exceeds with probability p. d/dp = -1 / density of y."""
    return (
        lambda: divide_keeping_zero(-differentiate_gammainc(v / 2, y / 2), density(v / 2, y / 2)),
        lambda: -2 / density(v / 2, y / 2),
    )


_GAMMA = Case(a=positive("..."), b=between(0.5, 4, "..."), x=positive("..."))


@define(special.gdtr, _GAMMA)
def gdtr(a: Array, b: Array, x: Array) -> Any:
    """The probability that a value of the gamma distribution is below x: gammainc(b, a x), for the rate a."""
    return (
        lambda: multiply_keeping_zero(x, density(b, a * x)),
        lambda: differentiate_gammainc(b, a * x),
        lambda: multiply_keeping_zero(a, density(b, a * x)),
    )


@define(special.gdtrc, _GAMMA)
def gdtrc(a: Array, b: Array, x: Array) -> Any:
    """The probability that a value of the gamma distribution exceeds x: gammaincc(b, a x), for the rate a."""
    return (
        lambda: -multiply_keeping_zero(x, density(b, a * x)),
        lambda: -differentiate_gammainc(b, a * x),
        lambda: -multiply_keeping_zero(a, density(b, a * x)),
    )


@define(special.gdtrix, Case(a=positive("..."), b=between(0.5, 4, "..."), p=between(0.05, 0.95, "...")))
def gdtrix(a: Array, b: Array, p: Array, *, y: Array) -> Any:
    """The x at which gdtr(a, b, x) is p. d/da = -x / a; d/dp = 1 / (a x's density)."""
    return (
        lambda: -y / a,
        lambda: divide_keeping_zero(-differentiate_gammainc(b, a * y), density(b, a * y) * a),
        lambda: 1 / (density(b, a * y) * a),
    )


@define(special.gdtria, Case(p=between(0.05, 0.95, "..."), b=between(0.5, 4, "..."), x=positive("...")))
def gdtria(p: Array, b: Array, x: Array, *, y: Array) -> Any:
    """The rate a at which gdtr(a, b, x) is p. d/dx = -a / x; d/dp = 1 / (x density)."""
    return (
        lambda: 1 / (density(b, x * y) * x),
        lambda: divide_keeping_zero(-differentiate_gammainc(b, x * y), density(b, x * y) * x),
        lambda: -y / x,
    )


@define(special.gdtrib, Case(a=positive("..."), p=between(0.05, 0.95, "..."), x=positive("...")))
def gdtrib(a: Array, p: Array, x: Array, *, y: Array) -> Any:
    """The shape b at which gdtr(a, b, x) is p. d/dp = 1 / (dgdtr/db)."""
    slope = differentiate_gammainc(y, a * x)
    return (
        lambda: -density(y, a * x) * x / slope,
        lambda: 1 / slope,
        lambda: -density(y, a * x) * a / slope,
    )


@define(special.pdtr, Case(k=2.0, m=positive("...")), Case(k=np.array([0, 1, 4], np.int8), m=positive("3")))
def pdtr(m: Array, *, k: Any) -> Array:
    """The probability of at most k events of the Poisson distribution of mean m. d/dm = -exp(-m) m^k / k!."""
    return -density(np.floor(k) + 1, m)


@define(special.pdtrc, Case(k=2.0, m=positive("...")), Case(k=np.array([0, 1, 4], np.int8), m=positive("3")))
def pdtrc(m: Array, *, k: Any) -> Array:
    """The probability of more than k events of the Poisson distribution of mean m.

    d/dm = exp(-m) m^k / k!.
    """
    return density(np.floor(k) + 1, m)


@define(special.pdtri, Case(k=2, p=between(0.05, 0.95, "...")))
def pdtri(p: Array, *, k: Any, y: Array) -> Array:
    """The mean m at which pdtr(k, m) is p. d/dp = -k! exp(m) / m^k."""
    return -1 / density(np.trunc(k) + 1, y)


@define(special.pdtrik, Case(p=between(0.05, 0.95, "..."), m=between(3, 8, "...")))
def pdtrik(p: Array, m: Array, *, y: Array) -> Any:
    """The k, not rounded, at which gammaincc(k + 1, m) is p. d/dp = 1 / (dgammaincc/da).

    For p < exp(-m), SciPy's result is 0, and has the slope 0.
    """
    slope = np.where(y > 0, -differentiate_gammainc(y + 1, m), np.inf)
    return lambda: 1 / slope, lambda: density(y + 1, m) / slope
