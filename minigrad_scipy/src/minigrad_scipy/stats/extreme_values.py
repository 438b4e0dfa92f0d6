"""Distributions of extreme values: Gumbel, Weibull, Pareto, and those that generalize them.

S. Coles, An introduction to statistical modeling of extreme values (2001), sections 3 and 4; the sign of c is
SciPy's. The formulas use boxcox(x, c) = (x^c - 1) / c and log(1 + c z) / c, which lose no digits near c = 0.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_ops_basic.dtypes import detach

from .continuous import Continuous, exp_no_nan
from .symmetric_tails import reflect


def scaled_log1p(z: Any, c: Any, k: Any = 1.0) -> Any:
    """Return k log(1 + c z) / c, which is k z for c = 0.

    It is k z R_C((1 + c z / 2)^2, 1 + c z), without a quotient of small numbers: DLMF 19.10.1. At
    c z = -1, an end of the support, the value is infinite, or 0 for k = 0, and has the slope 0.
    """
    is_end = c * z == -1
    at_end = np.where(detach(k) == 0, 0, detach(k * z) * inf)
    z = np.where(is_end, 0, z)
    half = 1 + c * z / 2
    return np.where(is_end, at_end, k * z / half * special.elliprc(1.0, (1 + c * z) / half / half))


def find_end(c: Any, sign: int) -> Any:
    """Return the point at which 1 - c z is 0 if c has this sign, else the infinity of this sign."""
    has_end = sign * c > 0
    return np.where(has_end, 1 / np.where(has_end, c, 1), sign * inf)


EXTREME_VALUES: dict[str, Continuous] = {
    "weibull_min": Continuous(("c",), {
        "logpdf": lambda z, c: np.log(c) + special.xlogy(c - 1, z) - z**c,
        "cdf": lambda z, c: -np.expm1(-(z**c)), "sf": lambda z, c: np.exp(-(z**c)),
        "logsf": lambda z, c: -(z**c), "ppf": lambda q, c: (-np.log1p(-q)) ** (1 / c),
        "isf": lambda q, c: (-np.log(q)) ** (1 / c),
    }, low=0),
    "pareto": Continuous(("b",), {
        "logpdf": lambda z, b: np.log(b) - (b + 1) * np.log(z),
        "cdf": lambda z, b: -np.expm1(-b * np.log(z)), "sf": lambda z, b: z**-b,
        "logsf": lambda z, b: -b * np.log(z), "ppf": lambda q, b: np.exp(-np.log1p(-q) / b),
        "isf": lambda q, b: q ** (-1 / b),
    }, low=1, inner=1.5),
    "gumbel_r": Continuous((), {
        "logpdf": lambda z: -z - exp_no_nan(-z), "cdf": lambda z: np.exp(-exp_no_nan(-z)),
        "logcdf": lambda z: -exp_no_nan(-z), "sf": lambda z: -np.expm1(-exp_no_nan(-z)),
        "ppf": lambda q: -np.log(-np.log(q)), "isf": lambda q: -np.log(-np.log1p(-q)),
    }),
    "genextreme": Continuous(("c",), {
        "logpdf": lambda z, c: scaled_log1p(-z, c, 1 - c) - special.inv_boxcox(-z, c),
        "cdf": lambda z, c: np.exp(-special.inv_boxcox(-z, c)),
        "logcdf": lambda z, c: -special.inv_boxcox(-z, c),
        "sf": lambda z, c: -np.expm1(-special.inv_boxcox(-z, c)),
        "ppf": lambda q, c: -special.boxcox(-np.log(q), c),
        "isf": lambda q, c: -special.boxcox(-np.log1p(-q), c),
    }, low=lambda c: find_end(c, -1), inner=0.0, closed=False,
    high=lambda c: np.where(c == 1, np.nextafter(1, 2), find_end(c, 1)),  # c = 1 has a density at its end
    is_valid=np.isfinite),
    "genpareto": Continuous(("c",), {
        "logpdf": lambda z, c: scaled_log1p(z, c, -(1 + c)),
        "cdf": lambda z, c: -np.expm1(-scaled_log1p(z, c)),
        "sf": lambda z, c: np.exp(-scaled_log1p(z, c)), "logsf": lambda z, c: -scaled_log1p(z, c),
        "ppf": lambda q, c: -special.boxcox1p(-q, -c), "isf": lambda q, c: -special.boxcox(q, -c),
    }, low=0, high=lambda c: find_end(-c, 1), inner=0.0, is_valid=np.isfinite),
}  # fmt: skip
EXTREME_VALUES["gumbel_l"] = Continuous((), reflect(EXTREME_VALUES["gumbel_r"].formulas))
EXTREME_VALUES["weibull_max"] = Continuous(
    ("c",), reflect(EXTREME_VALUES["weibull_min"].formulas), high=0, inner=-0.5
)
