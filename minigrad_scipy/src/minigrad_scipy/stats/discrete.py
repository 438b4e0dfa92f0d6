"""Formulas of discrete distributions: the derivative is that in the parameters, and counts are whole."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from .continuous import Continuous


@dataclass(frozen=True)
class Discrete(Continuous):
    """A distribution of whole numbers k for loc = 0, with `logpmf(k, *shapes)`, and likewise `cdf` and `sf`.

    whole: the shapes that are whole numbers.
    """

    whole: tuple[str, ...] = ()

    discrete = True


def log_binomial(n: Any, k: Any) -> Any:
    """Return the logarithm of the binomial coefficient."""
    return special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)


DISCRETE: dict[str, Discrete] = {
    "bernoulli": Discrete(("p",), {
        "logpmf": lambda k, p: special.xlogy(k, p) + special.xlog1py(1 - k, -p),
        "cdf": lambda k, p: np.where(k < 1, 1 - p, 1 + 0 * p), "sf": lambda k, p: np.where(k < 1, p, 0 * p),
    }, 0, 1, is_valid=lambda p: (p >= 0) & (p <= 1)),
    "binom": Discrete(("n", "p"), {
        "logpmf": lambda k, n, p: log_binomial(n, k) + special.xlogy(k, p) + special.xlog1py(n - k, -p),
        "cdf": lambda k, n, p: special.betaincc(k + 1, n - k, p),
        "sf": lambda k, n, p: special.betainc(k + 1, n - k, p),
    }, 0, lambda n, _: n, whole=("n",),
    is_valid=lambda n, p: (n >= 0) & (n == np.floor(n)) & (p >= 0) & (p <= 1)),
    "nbinom": Discrete(("n", "p"), {
        "logpmf": lambda k, n, p: special.gammaln(n + k) - special.gammaln(k + 1) - special.gammaln(n)
        + n * np.log(p) + special.xlog1py(k, -p),
        "cdf": lambda k, n, p: special.betainc(n, k + 1, p),
        "sf": lambda k, n, p: special.betaincc(n, k + 1, p),
    }, 0, inf, is_valid=lambda n, p: (n > 0) & (p > 0) & (p <= 1)),
    "geom": Discrete(("p",), {
        "logpmf": lambda k, p: special.xlog1py(k - 1, -p) + np.log(p),
        "cdf": lambda k, p: -np.expm1(special.xlog1py(k, -p)),
        "sf": lambda k, p: np.exp(special.xlog1py(k, -p)),
        "logsf": lambda k, p: special.xlog1py(k, -p),
    }, 1, inf, is_valid=lambda p: (p > 0) & (p <= 1)),
    "poisson": Discrete(("mu",), {
        "logpmf": lambda k, mu: special.xlogy(k, mu) - special.gammaln(k + 1) - mu,
        "cdf": lambda k, mu: special.pdtr(k, mu), "sf": lambda k, mu: special.pdtrc(k, mu),
    }, 0, inf, is_valid=lambda mu: mu >= 0),
    "betabinom": Discrete(("n", "a", "b"), {
        "logpmf": lambda k, n, a, b: -np.log(n + 1) - special.betaln(n - k + 1, k + 1)
        + special.betaln(k + a, n - k + b) - special.betaln(a, b),
    }, 0, lambda n, *_: n, whole=("n",),
    is_valid=lambda n, a, b: (n >= 0) & (n == np.floor(n)) & (a > 0) & (b > 0)),
}  # fmt: skip
