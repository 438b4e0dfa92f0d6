"""The incomplete beta function, normalized, and the distribution functions made of it. DLMF 8.17."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real

from .function import define
from .incomplete_gamma import split_power
from .removable import divide_keeping_zero
from .shape_derivatives import differentiate_betainc, differentiate_stdtr

_SHAPES = {"a": between(0.5, 4, "..."), "b": between(0.5, 4, "...")}
_PROBABILITY = between(0.05, 0.95, "...")
_DEGREES = {"dfn": between(1, 8, "..."), "dfd": between(1, 8, "...")}
LARGEST = 1e300  # instead of infinity, at which a density is 0


def beta_density(a: Any, b: Any, x: Array, rest: Any = None) -> Array:
    """Return the derivative of betainc in x.

    It is x^(a - 1) (1 - x)^(b - 1) / beta(a, b). rest: 1 - x, if it is known with more digits.
    """
    at_zero, lower = split_power(x, a - 1)
    at_one, upper = split_power(1 - x if rest is None else rest, b - 1)
    if rest is None:
        upper = special.xlog1py(b - 1, -np.where(x == 1, 0, x))
    return at_zero * at_one * np.exp(lower + upper - special.betaln(a, b))


def beta_power(a: Any, b: Any, x: Array, rest: Array) -> Array:
    """Return x^a rest^b / beta(a, b) for rest = 1 - x, 0 also where the density is infinite."""
    return np.exp(special.xlogy(a, x) + special.xlogy(b, rest) - special.betaln(a, b))


@define(special.betainc, Case(**_SHAPES, x=_PROBABILITY))
def betainc(a: Array, b: Array, x: Array) -> Any:
    """The integral of t^(a - 1) (1 - t)^(b - 1) / beta(a, b) from 0 to x. d/dx = the integrand. DLMF 8.17.2.

    d/da and d/db are computed by differences, to about eleven digits.
    """
    return (*differentiate_betainc(a, b, x), lambda: beta_density(a, b, x))


@define(special.betaincc, Case(**_SHAPES, x=_PROBABILITY))
def betaincc(a: Array, b: Array, x: Array) -> Any:
    """1 - betainc(a, b, x), exact where the difference is small.

    d/dx = -x^(a - 1) (1 - x)^(b - 1) / beta(a, b).
    """
    in_a, in_b = differentiate_betainc(a, b, x)
    return lambda: -in_a(), lambda: -in_b(), lambda: -beta_density(a, b, x)


@define(special.betaincinv, Case(**_SHAPES, p=_PROBABILITY))
def betaincinv(a: Array, b: Array, p: Array, *, y: Array) -> Any:
    """The y at which betainc(a, b, y) is p. d/dp = 1 / (y^(a - 1) (1 - y)^(b - 1) / beta(a, b))."""
    in_a, in_b = differentiate_betainc(a, b, y)
    slope = beta_density(a, b, y)
    return (
        lambda: divide_keeping_zero(-in_a(), slope),
        lambda: divide_keeping_zero(-in_b(), slope),
        lambda: 1 / slope,
    )


@define(special.betainccinv, Case(**_SHAPES, q=_PROBABILITY))
def betainccinv(a: Array, b: Array, q: Array, *, y: Array) -> Any:
    """The y at which betaincc(a, b, y) is q. d/dq = -1 / (y^(a - 1) (1 - y)^(b - 1) / beta(a, b))."""
    in_a, in_b = differentiate_betainc(a, b, y)
    slope = beta_density(a, b, y)
    return (
        lambda: divide_keeping_zero(-in_a(), slope),
        lambda: divide_keeping_zero(-in_b(), slope),
        lambda: -1 / slope,
    )


@define(special.btdtria, Case(p=_PROBABILITY, b=between(0.5, 4, "..."), x=_PROBABILITY))
def btdtria(p: Array, b: Array, x: Array, *, y: Array) -> Any:
    """The shape a at which betainc(a, b, x) is p. d/dp = 1 / (dbetainc/da)."""
    in_a, in_b = differentiate_betainc(y, b, x)
    slope = in_a()
    return lambda: 1 / slope, lambda: -in_b() / slope, lambda: -beta_density(y, b, x) / slope


@define(special.btdtrib, Case(a=between(0.5, 4, "..."), p=_PROBABILITY, x=_PROBABILITY))
def btdtrib(a: Array, p: Array, x: Array, *, y: Array) -> Any:
    """The shape b at which betainc(a, b, x) is p. d/dp = 1 / (dbetainc/db)."""
    in_a, in_b = differentiate_betainc(a, y, x)
    slope = in_b()
    return lambda: -in_a() / slope, lambda: 1 / slope, lambda: -beta_density(a, y, x) / slope


# The F distribution: betainc at u = dfn x / (dfn x + dfd).


def differentiate_fdtr(dfn: Array, dfd: Array, x: Array) -> tuple[Any, Any, Any]:
    """Return functions that give the derivatives of fdtr(dfn, dfd, x)."""
    x = np.minimum(x, LARGEST)
    total = dfn * x + dfd
    u, rest = dfn * x / total, dfd / total
    in_a, in_b = differentiate_betainc(dfn / 2, dfd / 2, u, rest)
    power = beta_power(dfn / 2, dfd / 2, u, rest)
    return (
        lambda: in_a() / 2 + power / dfn,
        lambda: in_b() / 2 - power / dfd,
        lambda: beta_density(dfn / 2, dfd / 2, u, rest) * dfn * rest / total,
    )


@define(
    special.fdtr,
    Case(**_DEGREES, x=positive("...")),
    Case(dfn=np.array([2.5]), dfd=np.array([3.5]), x=np.array([np.inf])),
)
def fdtr(dfn: Array, dfd: Array, x: Array) -> Any:
    """The probability that a value of the F distribution is below x. d/dx = its density."""
    return differentiate_fdtr(dfn, dfd, x)


@define(special.fdtrc, Case(**_DEGREES, x=positive("...")))
def fdtrc(dfn: Array, dfd: Array, x: Array) -> Any:
    """1 - fdtr(dfn, dfd, x), exact where the difference is small. d/dx = minus the density."""
    in_dfn, in_dfd, in_x = differentiate_fdtr(dfn, dfd, x)
    return lambda: -in_dfn(), lambda: -in_dfd(), lambda: -in_x()


@define(special.fdtri, Case(**_DEGREES, p=_PROBABILITY))
def fdtri(dfn: Array, dfd: Array, p: Array, *, y: Array) -> Any:
    """The x at which fdtr(dfn, dfd, x) is p. d/dp = 1 / density of x."""
    in_dfn, in_dfd, in_x = differentiate_fdtr(dfn, dfd, y)
    return (
        lambda: divide_keeping_zero(-in_dfn(), in_x()),
        lambda: divide_keeping_zero(-in_dfd(), in_x()),
        lambda: 1 / in_x(),
    )


@define(
    special.fdtridfd,
    Case(dfn=between(2, 2.5, "..."), p=between(0.32, 0.34, "..."), x=between(0.55, 0.6, "...")),
)
def fdtridfd(dfn: Array, p: Array, x: Array, *, y: Array) -> Any:
    """The dfd at which fdtr(dfn, dfd, x) is p. d/dp = 1 / (dfdtr/ddfd).

    SciPy's result is 1e100, with the slope 0, where no dfd gives p.
    """
    in_dfn, in_dfd, in_x = differentiate_fdtr(dfn, y, x)
    slope = np.where(y < 1e100, in_dfd(), np.inf)
    return lambda: -in_dfn() / slope, lambda: 1 / slope, lambda: -in_x() / slope


# Student's t.


def t_density(df: Any, t: Array) -> Array:
    """Return the derivative of stdtr in t.

    It is (1 + t^2 / df)^(-(df + 1) / 2) / (sqrt(df) beta(1 / 2, df / 2)).
    """
    return np.exp(-(df + 1) * np.log(np.hypot(1, t / np.sqrt(df))) - special.betaln(0.5, df / 2)) / np.sqrt(
        df
    )


@define(special.stdtr, Case(df=between(1, 8, "..."), t=real("...")))
def stdtr(df: Array, t: Array) -> Any:
    """The probability that a value of Student's t distribution is below t. d/dt = its density.

    d/ddf is computed by differences, to about eleven digits.
    """
    return lambda: differentiate_stdtr(df, t), lambda: t_density(df, t)


@define(special.stdtrit, Case(df=between(1, 8, "..."), p=_PROBABILITY))
def stdtrit(df: Array, p: Array, *, y: Array) -> Any:
    """The t at which stdtr(df, t) is p. d/dp = 1 / density of t."""
    return (
        lambda: divide_keeping_zero(-differentiate_stdtr(df, y), t_density(df, y)),
        lambda: 1 / t_density(df, y),
    )


# Binomial and negative binomial: the counts k and n are whole.


@define(
    special.bdtr,
    Case(k=2, n=5, p=_PROBABILITY),
    Case(k=np.array([0, 1, 3], np.int8), n=3, p=between(0.05, 0.95, "3")),
)
def bdtr(p: Array, *, k: Any, n: Any) -> Array:
    """The probability of at most k successes in n trials.

    d/dp = -(n - k) binom(n, k) p^k (1 - p)^(n - k - 1).
    """
    return -beta_density(np.floor(k) + 1, np.trunc(n) - np.floor(k), p)


@define(
    special.bdtrc,
    Case(k=2, n=5, p=_PROBABILITY),
    Case(k=np.array([0, 1, 3], np.int8), n=3, p=between(0.05, 0.95, "3")),
)
def bdtrc(p: Array, *, k: Any, n: Any) -> Array:
    """The probability of more than k successes in n trials.

    d/dp = (n - k) binom(n, k) p^k (1 - p)^(n - k - 1).
    """
    return beta_density(np.floor(k) + 1, np.trunc(n) - np.floor(k), p)


@define(special.bdtri, Case(k=2, n=5, p=_PROBABILITY))
def bdtri(p: Array, *, k: Any, n: Any, y: Array) -> Array:
    """The probability of a success at which bdtr(k, n, y) is p. d/dp = 1 / (dbdtr/dp)."""
    return -1 / beta_density(np.floor(k) + 1, np.trunc(n) - np.floor(k), y)


@define(
    special.nbdtr,
    Case(k=2, n=5, p=_PROBABILITY),
    Case(k=np.array([0, 1, 4], np.int8), n=3, p=between(0.05, 0.95, "3")),
)
def nbdtr(p: Array, *, k: Any, n: Any) -> Array:
    """The probability of at most k failures before the n-th success. d/dp = that of betainc(n, k + 1, p)."""
    return beta_density(np.trunc(n), np.trunc(k) + 1, p)


@define(
    special.nbdtrc,
    Case(k=2, n=5, p=_PROBABILITY),
    Case(k=np.array([0, 1, 4], np.int8), n=3, p=between(0.05, 0.95, "3")),
)
def nbdtrc(p: Array, *, k: Any, n: Any) -> Array:
    """The probability of more than k failures before the n-th success.

    d/dp = -that of betainc(n, k + 1, p).
    """
    return -beta_density(np.trunc(n), np.trunc(k) + 1, p)


@define(special.nbdtri, Case(k=2, n=5, p=_PROBABILITY))
def nbdtri(p: Array, *, k: Any, n: Any, y: Array) -> Array:
    """The probability of a success at which nbdtr(k, n, y) is p. d/dp = 1 / (dnbdtr/dp)."""
    return 1 / beta_density(np.trunc(n), np.trunc(k) + 1, y)
