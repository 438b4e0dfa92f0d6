"""Distribution functions that are not incomplete gamma or beta functions, and inverses in a parameter."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real

from .elementary import differentiate_boxcox
from .function import define
from .incomplete_beta import beta_density, beta_power
from .incomplete_gamma import LARGEST, density
from .removable import divide_keeping_zero

ROOT = (2 * pi) ** 0.5
_PROBABILITY = between(0.1, 0.9, "...")


# The noncentral chi-squared distribution. d/dnc of its distribution function is minus a density.


def chi_density(x: Array, df: Any, nc: Array) -> Array:
    """Return the density of chndtr, by a scaled Bessel function: Johnson, Kotz and Balakrishnan (1995), 29.4.

    exp(-(sqrt(x) - sqrt(nc))^2 / 2) (x / nc)^(df / 4 - 1 / 2) ive(df / 2 - 1, sqrt(nc x)) / 2. For nc x < 1
    the Bessel function is a power times 0F1(df / 2, nc x / 4), DLMF 10.39.9: the power cancels that of nc.
    """
    x = np.minimum(x, LARGEST)
    near = nc * x < 1
    bessel_nc, bessel_x = np.where(near, 1, nc), np.where(near, 1, x)
    kernel = np.exp(-((np.sqrt(bessel_x) - np.sqrt(bessel_nc)) ** 2) / 2)
    power = (bessel_x / bessel_nc) ** (df / 4 - 0.5)
    z = np.where(kernel == 0, 1, np.sqrt(bessel_nc * bessel_x))  # ive(v, 1e150) is NaN
    bessel = kernel * power * special.ive(df / 2 - 1, z) / 2
    series = special.hyp0f1(df / 2, np.where(near, nc * x, 0) / 4) * np.exp(-nc / 2)
    return np.where(near, density(df / 2, x / 2) / 2 * series, bessel)


_CHI = {"df": 3.0}


@define(special.chndtr, Case(x=positive("..."), nc=positive("..."), **_CHI), order="x df nc")
def chndtr(x: Array, nc: Array, *, df: Any) -> Any:
    """The probability that a noncentral chi-squared value is below x. d/dx = its density f(x, df, nc).

    d/dnc = -f(x, df + 2, nc).
    """
    return lambda: chi_density(x, df, nc), lambda: -chi_density(x, df + 2, nc)


@define(special.chndtrix, Case(p=_PROBABILITY, nc=positive("..."), **_CHI), order="p df nc")
def chndtrix(p: Array, nc: Array, *, df: Any, y: Array) -> Any:
    """The x at which chndtr(x, df, nc) is p. d/dp = 1 / f(x, df, nc)."""
    slope = chi_density(y, df, nc)
    return lambda: 1 / slope, lambda: divide_keeping_zero(chi_density(y, df + 2, nc), slope)


# The noncentral F distribution.


def split_f(dfn: Any, dfd: Any, f: Array) -> tuple[Array, Array]:
    """Return u = dfn f / (dfn f + dfd), and 1 - u."""
    total = dfn * f + dfd
    return dfn * f / total, dfd / total


@define(special.ncfdtr, Case(nc=positive("..."), f=positive("..."), dfn=3.0, dfd=4.0), order="dfn dfd nc f")
def ncfdtr(nc: Array, f: Array, *, dfn: Any, dfd: Any) -> Any:
    """The probability that a noncentral F value is below f, a Poisson mixture of incomplete beta functions.

    d/df is the central density times exp(-nc (1 - u) / 2) M(-dfd / 2, dfn / 2, -nc u / 2), for u = dfn f /
    (dfn f + dfd). d/dnc is a sum of the same form. Johnson, Kotz and Balakrishnan (1995), 30.7, and DLMF
    13.2.39.
    """
    a, b = dfn / 2, dfd / 2
    u, rest = split_f(dfn, dfd, f)
    decay = np.exp(-nc * rest / 2)
    power = beta_power(a, b, u, rest)
    slope = beta_density(a, b, u, rest) * dfn * rest / (dfn * f + dfd)  # power / f, also for f = 0
    return (
        lambda: decay * power * special.hyp1f1(1 - b, a + 1, -nc * u / 2) / (-2 * a),
        lambda: decay * slope * special.hyp1f1(-b, a, -nc * u / 2),
    )


# The normal distribution with a given mean and standard deviation.


@define(special.nrdtrimn, Case(p=_PROBABILITY, std=positive("..."), x=real("...")))
def nrdtrimn(p: Array, std: Array, x: Array) -> Any:
    """The mean y of a normal distribution of which p lies below x.

    d/dp = -std / density of z = ndtri(p), which is (x - y) / std.
    """
    z = special.ndtri(p)
    return lambda: -std * ROOT * np.exp(z * z / 2), lambda: -z, lambda: np.ones_like(z)


@define(special.nrdtrisd, Case(mn=between(-3, -1, "..."), p=between(0.6, 0.9, "..."), x=positive("...")))
def nrdtrisd(mn: Array, p: Array, x: Array, *, y: Array) -> Any:
    """The standard deviation y of a normal distribution of which p lies below x.

    d/dx = 1 / z for z = ndtri(p).
    """
    z = special.ndtri(p)
    return lambda: -1 / z, lambda: -y / z * ROOT * np.exp(z * z / 2), lambda: 1 / z


# Tukey's lambda distribution, whose inverse is (p^lmbda - (1 - p)^lmbda) / lmbda.


@define(special.tklmbda, Case(x=between(-0.9, 0.9, "..."), lmbda=between(0.1, 1, "...")))
def tklmbda(x: Array, lmbda: Array, *, y: Array) -> Any:
    """The p at which (p^lmbda - (1 - p)^lmbda) / lmbda is x.

    d/dx = 1 / (p^(lmbda - 1) + (1 - p)^(lmbda - 1)).
    """
    outside = (y <= 0) | (y >= 1)
    p = np.where(outside, 0.5, y)
    slope = 1 / (p ** (lmbda - 1) + (1 - p) ** (lmbda - 1))
    shape = differentiate_boxcox(np.log(p), lmbda) - differentiate_boxcox(np.log1p(-p), lmbda)
    return lambda: np.where(outside, 0, slope), lambda: np.where(outside, 0, -slope * shape)


# Kolmogorov's distribution.

TERMS = 6


def differentiate_kolmogorov(x: Array) -> Array:
    """Return the derivative of kolmogorov; for a small x from a theta function, DLMF 20.7.31."""
    small = x < 0.8
    z = np.where(small, 0.8, x)
    right: Any = sum((-1) ** k * 8 * k * k * z * np.exp(-2 * k * k * z * z) for k in range(1, TERMS))
    z = np.where(small, np.maximum(x, 0.02), 0.8)
    left: Any = 0.0
    for k in range(1, TERMS):
        c = (2 * k - 1) ** 2 * pi * pi / 8
        left = left - ROOT * np.exp(-c / (z * z)) * (2 * c / (z * z) - 1) / (z * z)
    # Below 0.02, exp(-c / x^2) is less than 1e-300.
    return np.where(small, np.where(x < 0.02, 0, left), right)


@define(special.kolmogorov, Case(y=between(0.2, 2, "...")))
def kolmogorov(y: Array) -> Array:
    """The probability that the statistic exceeds y: 2 times the sum of (-1)^(k-1) exp(-2 k^2 y^2), k > 0."""
    return differentiate_kolmogorov(y)


@define(special.kolmogi, Case(p=_PROBABILITY))
def kolmogi(p: Array, *, y: Array) -> Array:
    """The y at which kolmogorov(y) is p. d/dp = 1 / (dkolmogorov/dy)."""
    return 1 / differentiate_kolmogorov(y)
