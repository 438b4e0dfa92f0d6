"""Formulas of continuous distributions in standard form, of NumPy's and SciPy's ufuncs.

The formulas are those of SciPy's classes; Johnson, Kotz and Balakrishnan (1994, 1995) derive them. A formula
is called inside of the support only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf, log, pi
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_ops_basic.dtypes import detach

from .symmetric_tails import complete_symmetric, halve_tails, invert_gennorm, measure_gennorm, raise_size

Formula = Callable[..., Any]
LOG_ROOT = log(2 * pi) / 2
FAR = -700.0  # exp(FAR) is a normal number; gammainc(c, exp(z)) is exp(c z) / gamma(c + 1) below


@dataclass(frozen=True)
class Continuous:
    """A distribution for loc = 0 and scale = 1.

    shapes: the names of the shapes, in SciPy's order.
    formulas: `logpdf(z, *shapes)`, `cdf`, `sf`, `logcdf` and `logsf` likewise; `ppf(q, *shapes)` and `isf`.
    low, high: the ends of the support; numbers, or functions of the shapes.
    closed: whether the density has a value at the ends.
    inner: a point inside of the support, or a function of the shapes.
    is_valid: which shapes the distribution takes; by default those above 0.
    """

    shapes: tuple[str, ...]
    formulas: Mapping[str, Formula]
    low: float | Formula = -inf
    high: float | Formula = inf
    inner: float | Formula = 0.5
    closed: bool = True
    is_valid: Formula = field(default=lambda *shapes: all_true(shape > 0 for shape in shapes))

    discrete = False


def all_true(masks: Any) -> Any:
    """Return where all masks hold."""
    total: Any = True
    for mask in masks:
        total = np.logical_and(total, mask)
    return total


def log_mass(low: Any, high: Any) -> Any:
    """Return the logarithm of the probability of a standard normal value between low and high."""
    right = low > 0
    a, b = np.where(right, -high, low), np.where(right, -low, high)
    upper = log_ndtr(b)
    return upper + np.log(-np.expm1(log_ndtr(a) - upper))


def log_ndtr(x: Any) -> Any:
    """Return log(ndtr(x)), constant at infinite ends, where its second derivative is infinity times 0."""
    is_end = np.isinf(detach(x))
    return np.where(is_end, np.where(x > 0, 0, -inf), special.log_ndtr(np.where(is_end, 0, x)))


def invert_cauchy(q: Any) -> Any:
    """Return the point below which q lies, tan(pi (q - 1 / 2)), without differences in the tails."""
    tails = np.where(q < 0.5, -1 / np.tan(pi * q), 1 / np.tan(pi * (1 - q)))
    return np.where(np.abs(q - 0.5) < 0.25, np.tan(pi * (q - 0.5)), tails)


def invert_truncated(q: Any, a: Any, b: Any) -> Any:
    """Return the point below which q of a normal distribution between a and b lies, from its nearer tail."""
    mass = log_mass(a, b)
    below = np.logaddexp(special.log_ndtr(a), np.log(q) + mass)
    above = np.logaddexp(special.log_ndtr(-b), np.log1p(-q) + mass)
    return np.where(below > -log(2), -special.ndtri_exp(above), special.ndtri_exp(below))


def invert_t(q: Any, df: Any) -> Any:
    """Return the inverse of stdtr; SciPy's stdtrit is positive at 0."""
    return np.where(q == 0, -inf, special.stdtrit(df, np.where(q == 0, 0.5, q)))


def exp_no_nan(z: Any) -> Any:
    """Return exp(z), which times a gradient of 0 is 0 where it overflows: a density of 0 has the slope 0."""
    return special.inv_boxcox(z, 0.0)


def scale_exponent(z: Any, s: Any) -> Any:
    """Return exp(s z), which is 0 for z = -inf whatever s is."""
    is_end = z == -inf
    return np.where(is_end, 0, np.exp(s * np.where(is_end, 0, z)))


def wrap_cauchy(z: Any, c: Any) -> Any:
    """Return log((1 - c^2) / (2 pi (1 + c^2 - 2 c cos z))), with (1 - c)^2 instead of a difference."""
    return np.log1p(-c * c) - np.log(2 * pi * ((1 - c) ** 2 - 2 * c * special.cosm1(z)))


def split_invgauss(z: Any, mu: Any, sign: int) -> tuple[Any, Any]:
    """Return the logarithms of the two terms of the probability below z, or above z for sign -1."""
    root = np.sqrt(z)
    return special.log_ndtr(sign * (z / mu - 1) / root), 2 / mu + special.log_ndtr(-(z / mu + 1) / root)


def subtract_logs(a: Any, b: Any) -> Any:
    """Return log(exp(a) - exp(b)), for a > b."""
    return a + np.log1p(-np.exp(b - a))


def log_far_tail(z: Any, c: Any) -> Any:
    """Return log(gammainc(c, exp(z))) for z < FAR."""
    return c * np.minimum(z, FAR) - special.gammaln(c + 1)


def take_log(x: Any, log_q: Any, c: Any) -> Any:
    """Return log(x), or where x underflows the point below which q of the distribution `loggamma` lies."""
    floor = np.exp(FAR)
    return np.where(x < floor, (log_q + special.gammaln(c + 1)) / c, np.log(np.maximum(x, floor)))


def log1p_power(z: Any, c: Any) -> Any:
    """Return log(1 + z^c), also where the power overflows."""
    above = np.where(z > 1, z, 1)  # at the median of 1, np.maximum would halve the slope
    return np.log1p((z / above / above) ** c) + c * np.log(above)


def choose_side(z: Any, c: Any) -> tuple[Any, Any]:
    """Return whether z is on the rising side of a triangle with its top at c, and its height there, of 1."""
    is_left = (z < c) | (c == 1)
    return is_left, np.where(is_left, z / np.where(is_left, c, 1), (1 - z) / np.where(is_left, 1, 1 - c))


def measure_triangle(z: Any, c: Any) -> Any:
    """Return the probability below z."""
    is_left, height = choose_side(z, c)
    return np.where(is_left, z * height, 1 - (1 - z) * height)


CONTINUOUS: dict[str, Continuous] = {
    "norm": Continuous((), complete_symmetric({
        "logpdf": lambda z: -z * z / 2 - LOG_ROOT,
        "cdf": special.ndtr, "logcdf": special.log_ndtr, "ppf": special.ndtri,
    })),
    "expon": Continuous((), {
        "logpdf": lambda z: -z, "cdf": lambda z: -np.expm1(-z), "sf": lambda z: np.exp(-z),
        "logsf": lambda z: -z, "ppf": lambda q: -np.log1p(-q), "isf": lambda q: -np.log(q),
    }, low=0),
    "gamma": Continuous(("a",), {
        "logpdf": lambda z, a: special.xlogy(a - 1, z) - z - special.gammaln(a),
        "cdf": lambda z, a: special.gammainc(a, z), "sf": lambda z, a: special.gammaincc(a, z),
        "ppf": lambda q, a: special.gammaincinv(a, q), "isf": lambda q, a: special.gammainccinv(a, q),
    }, low=0),
    "beta": Continuous(("a", "b"), {
        "logpdf": lambda z, a, b: special.xlog1py(b - 1, -z) + special.xlogy(a - 1, z) - special.betaln(a, b),
        "cdf": lambda z, a, b: special.betainc(a, b, z), "sf": lambda z, a, b: special.betaincc(a, b, z),
        "ppf": lambda q, a, b: special.betaincinv(a, b, q),
        "isf": lambda q, a, b: special.betainccinv(a, b, q),
    }, low=0, high=1),
    "t": Continuous(("df",), complete_symmetric({
        "logpdf": lambda z, df: -(df + 1) / 2 * np.log1p(z * z / df) - special.betaln(0.5, df / 2)
        - np.log(df) / 2,
        "cdf": lambda z, df: special.stdtr(df, z), "ppf": invert_t,
    })),
    "chi2": Continuous(("df",), {
        "logpdf": lambda z, df: special.xlogy(df / 2 - 1, z) - z / 2 - special.gammaln(df / 2)
        - df * (log(2) / 2),
        "cdf": lambda z, df: special.chdtr(df, z), "sf": lambda z, df: special.chdtrc(df, z),
        "ppf": lambda q, df: special.gammaincinv(df / 2, q) * 2, "isf": lambda q, df: special.chdtri(df, q),
    }, low=0),
    "f": Continuous(("dfn", "dfd"), {
        "logpdf": lambda z, n, d: d / 2 * np.log(d) + n / 2 * np.log(n) + special.xlogy(n / 2 - 1, z)
        - (n + d) / 2 * np.log(d + n * z) - special.betaln(n / 2, d / 2),
        "cdf": lambda z, n, d: special.fdtr(n, d, z), "sf": lambda z, n, d: special.fdtrc(n, d, z),
        "ppf": lambda q, n, d: special.fdtri(n, d, q),
        "isf": lambda q, n, d: special.betainccinv(n / 2, d / 2, q) / special.betaincinv(d / 2, n / 2, q)
        * (d / n),
    }, low=0),
    "uniform": Continuous((), {
        "logpdf": lambda z: 0 * z, "cdf": lambda z: z, "sf": lambda z: 1 - z, "ppf": lambda q: q,
        "isf": lambda q: 1 - q,
    }, low=0, high=1),
    "laplace": Continuous((), complete_symmetric({
        "logpdf": lambda z: -np.abs(z) - log(2),
        "cdf": lambda z: halve_tails(z, lambda u: np.exp(-u)),
        "ppf": lambda q: np.where(q > 0.5, -np.log(2 * (1 - q)), np.log(2 * q)),
    })),
    "logistic": Continuous((), complete_symmetric({
        "logpdf": lambda z: special.log_expit(z) + special.log_expit(-z),
        "cdf": special.expit, "logcdf": special.log_expit, "ppf": special.logit,
    })),
    "lognorm": Continuous(("s",), {
        "logpdf": lambda z, s: -((np.log(z) / s) ** 2) / 2 - np.log(s * z) - LOG_ROOT,
        "cdf": lambda z, s: special.ndtr(np.log(z) / s),
        "logcdf": lambda z, s: special.log_ndtr(np.log(z) / s),
        "sf": lambda z, s: special.ndtr(-np.log(z) / s),
        "logsf": lambda z, s: special.log_ndtr(-np.log(z) / s),
        "ppf": lambda q, s: scale_exponent(special.ndtri(q), s),
        "isf": lambda q, s: scale_exponent(-special.ndtri(q), s),
    }, low=0, closed=False),
    "cauchy": Continuous((), complete_symmetric({
        "logpdf": lambda z: -np.log1p(z * z) - log(pi),
        "cdf": lambda z: np.arctan2(1, -z) / pi,
        "ppf": invert_cauchy,
    })),
    "invgamma": Continuous(("a",), {
        "logpdf": lambda z, a: -(a + 1) * np.log(z) - special.gammaln(a) - 1 / z,
        "cdf": lambda z, a: special.gammaincc(a, 1 / z), "sf": lambda z, a: special.gammainc(a, 1 / z),
        "ppf": lambda q, a: 1 / special.gammainccinv(a, q), "isf": lambda q, a: 1 / special.gammaincinv(a, q),
    }, low=0, closed=False),
    "halfnorm": Continuous((), {
        "logpdf": lambda z: log(2 / pi) / 2 - z * z / 2,
        "cdf": lambda z: special.erf(z / 2**0.5), "sf": lambda z: special.erfc(z / 2**0.5),
        "logsf": lambda z: special.log_ndtr(-z) + log(2),
        "ppf": lambda q: special.erfinv(q) * 2**0.5, "isf": lambda q: special.erfcinv(q) * 2**0.5,
    }, low=0),
    "halfcauchy": Continuous((), {
        "logpdf": lambda z: log(2 / pi) - np.log1p(z * z),
        "cdf": lambda z: 2 / pi * np.arctan(z), "sf": lambda z: 2 / pi * np.arctan2(1, z),
        "ppf": lambda q: np.where(q < 0.5, np.tan(pi / 2 * q), 1 / np.tan(pi / 2 * (1 - q))),
        "isf": lambda q: np.where(q < 0.5, 1 / np.tan(pi / 2 * q), np.tan(pi / 2 * (1 - q))),
    }, low=0),
    "rayleigh": Continuous((), {
        "logpdf": lambda z: np.log(z) - z * z / 2, "cdf": lambda z: -np.expm1(-z * z / 2),
        "sf": lambda z: np.exp(-z * z / 2), "logsf": lambda z: -z * z / 2,
        "ppf": lambda q: np.sqrt(-2 * np.log1p(-q)), "isf": lambda q: np.sqrt(-2 * np.log(q)),
    }, low=0),
    "maxwell": Continuous((), {
        "logpdf": lambda z: log(2 / pi) / 2 + 2 * np.log(z) - z * z / 2,
        "cdf": lambda z: special.gammainc(1.5, z * z / 2), "sf": lambda z: special.gammaincc(1.5, z * z / 2),
        "ppf": lambda q: np.sqrt(2 * special.gammaincinv(1.5, q)),
        "isf": lambda q: np.sqrt(2 * special.gammainccinv(1.5, q)),
    }, low=0),
    "loggamma": Continuous(("c",), {
        "logpdf": lambda z, c: c * z - exp_no_nan(z) - special.gammaln(c),
        "cdf": lambda z, c: np.where(z < FAR, np.exp(log_far_tail(z, c)),
            special.gammainc(c, exp_no_nan(np.maximum(z, FAR)))),
        "sf": lambda z, c: np.where(z < FAR, -np.expm1(log_far_tail(z, c)),
            special.gammaincc(c, exp_no_nan(np.maximum(z, FAR)))),
        "ppf": lambda q, c: take_log(special.gammaincinv(c, q), np.log(q), c),
        "isf": lambda q, c: take_log(special.gammainccinv(c, q), np.log1p(-q), c),
    }),
    "gennorm": Continuous(("beta",), complete_symmetric({
        "logpdf": lambda z, beta: np.log(beta / 2) - special.gammaln(1 / beta) - raise_size(z, beta),
        "cdf": measure_gennorm, "ppf": invert_gennorm,
    })),
    "powerlaw": Continuous(("a",), {
        "logpdf": lambda z, a: np.log(a) + special.xlogy(a - 1, z), "cdf": lambda z, a: z**a,
        "logcdf": lambda z, a: a * np.log(z), "sf": lambda z, a: -np.expm1(special.xlogy(a, z)),
        "ppf": lambda q, a: q ** (1 / a), "isf": lambda q, a: (1 - q) ** (1 / a),
    }, low=lambda a: np.where(a < 1, np.nextafter(0, 1), 0), high=1),  # SciPy's density is 0 at its pole
    "skewnorm": Continuous(("a",), {
        "logpdf": lambda z, a: log(2) - LOG_ROOT - z * z / 2 + special.log_ndtr(a * z),
    }, is_valid=lambda a: np.isfinite(a)),
    "truncnorm": Continuous(("a", "b"), {
        "logpdf": lambda z, a, b: -z * z / 2 - LOG_ROOT - log_mass(a, b),
        "logcdf": lambda z, a, b: log_mass(a, z) - log_mass(a, b),
        "logsf": lambda z, a, b: log_mass(z, b) - log_mass(a, b),
        "ppf": invert_truncated, "isf": lambda q, a, b: -invert_truncated(q, -b, -a),
    }, low=lambda a, _: a, high=lambda _, b: b, inner=lambda a, b: (a + b) / 2, is_valid=lambda a, b: a < b),
    "vonmises": Continuous(("kappa",), {
        "logpdf": lambda z, kappa: kappa * special.cosm1(z) - log(2 * pi) - np.log(special.i0e(kappa)),
    }),
    "wrapcauchy": Continuous(("c",), {
        "logpdf": wrap_cauchy,
    }, low=0, high=2 * pi, is_valid=lambda c: (c > 0) & (c < 1)),
    "fisk": Continuous(("c",), {
        "logpdf": lambda z, c: np.log(c) + special.xlogy(c - 1, z) - 2 * log1p_power(z, c),
        "cdf": lambda z, c: special.expit(c * np.log(z)), "sf": lambda z, c: special.expit(-c * np.log(z)),
        "logcdf": lambda z, c: special.log_expit(c * np.log(z)),
        "logsf": lambda z, c: special.log_expit(-c * np.log(z)),
        "ppf": lambda q, c: np.exp(special.logit(q) / c), "isf": lambda q, c: np.exp(-special.logit(q) / c),
    }, low=0),
    "invgauss": Continuous(("mu",), {
        "logpdf": lambda z, mu: -LOG_ROOT - 1.5 * np.log(z) - ((z / mu - 1) ** 2) / (2 * z),
        "logcdf": lambda z, mu: np.logaddexp(*split_invgauss(z, mu, 1)),
        "logsf": lambda z, mu: subtract_logs(*split_invgauss(z, mu, -1)),
    }, low=0, closed=False),
    "triang": Continuous(("c",), {
        "logpdf": lambda z, c: log(2) + np.log(choose_side(z, c)[1]),
        "cdf": lambda z, c: measure_triangle(z, c), "sf": lambda z, c: measure_triangle(1 - z, 1 - c),
        "ppf": lambda q, c: np.where(q < c, np.sqrt(c * q), 1 - np.sqrt((1 - c) * (1 - q))),
        "isf": lambda q, c: np.where(q > 1 - c, np.sqrt(c * (1 - q)), 1 - np.sqrt((1 - c) * q)),
    }, low=0, high=1, is_valid=lambda c: (c >= 0) & (c <= 1)),
}  # fmt: skip
