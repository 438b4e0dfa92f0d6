"""The gamma and beta functions, their logarithms and their derivatives. DLMF 5 and 25."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from scipy import special
from scipy.special import _ufuncs

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real

from .function import define

# Bernoulli's numbers B_2, B_4, ..., for the series of Euler and Maclaurin.
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)
_POSITIVE = Case(x=positive("..."))
_ZETA = (
    Case(x=between(1.5, 6, "...")),
    Case(x=between(-3.9, 0.9, "...")),
    Case(x=np.array([0.0, -0.4, -2.0, -7.5])),
)


@define(special.gamma, _POSITIVE, Case(x=between(-0.9, -0.1, "...")), takes_complex=True)
def gamma(x: Array, *, y: Array) -> Array:
    """The gamma function. d/dx = gamma(x) digamma(x). DLMF 5.2.2."""
    return y * special.digamma(x)


@define(special.gammaln, _POSITIVE, Case(x=between(-0.9, -0.1, "...")))
def gammaln(x: Array) -> Array:
    """Log |gamma(x)|. d/dx = digamma(x). DLMF 5.2.2."""
    return special.digamma(x)


@define(special.loggamma, _POSITIVE, takes_complex=True)
def loggamma(x: Array) -> Array:
    """The principal branch of log gamma(x). d/dx = digamma(x). DLMF 5.2.2."""
    return special.digamma(x)


def differentiate_rgamma(x: Any) -> Any:
    """Return the derivative of 1 / gamma(x), finite where gamma has a pole."""
    low = np.real(x) < 0.5
    z = 1 - np.where(low, x, 0.5)
    # rgamma(x) = sin(pi x) gamma(1 - x) / pi, DLMF 5.5.3: at a pole the factor of digamma is 0.
    reflected = special.gamma(z) * (np.cos(pi * x) - np.sin(pi * x) / pi * special.digamma(z))
    return np.where(low, reflected, -special.rgamma(x) * special.digamma(np.where(low, 0.5, x)))


@define(special.rgamma, takes_complex=True)
def rgamma(x: Array) -> Array:
    """1 / gamma(x). d/dx = -digamma(x) / gamma(x). DLMF 5.2.2."""
    return differentiate_rgamma(x)


def trigamma(x: Any) -> Any:
    """Return the derivative of digamma: SciPy has it for real numbers as zeta(2, x), DLMF 5.15.1."""
    if x.dtype.kind != "c":
        return special.zeta(2.0, x)
    low = np.real(x) < 0.5
    z = np.where(low, 1 - x, x)
    total: Any = 0.0
    count = 15
    for k in range(count):
        total = total + 1 / (z + k) ** 2
    z = z + count
    total = total + 1 / z + 1 / (2 * z * z)
    for k, number in enumerate(BERNOULLI, start=1):  # DLMF 5.15.8
        total = total + number / z ** (2 * k + 1)
    return np.where(low, (pi / np.sin(pi * np.where(low, x, 0.5))) ** 2 - total, total)


@define(special.digamma, _POSITIVE, Case(x=between(-0.9, -0.1, "...")), takes_complex=True)
def digamma(x: Array) -> Array:
    """The derivative of log gamma(x). d/dx = zeta(2, x). DLMF 5.15.1."""
    return trigamma(x)


def differentiate_zeta(s: Any, q: Any) -> Any:
    """Return the derivative of Hurwitz's zeta function in s, for q > 0, by Euler and Maclaurin: DLMF 25.11.

    The first 20 terms are summed, and the rest is an integral with corrections. d/ds n^-s = -log(n) n^-s.
    """
    total: Any = 0.0
    for k in range(20):
        total = total - np.log(q + k) * (q + k) ** -s
    n = q + 20
    log, power = np.log(n), n**-s
    total = total - n * power * (log / (s - 1) + 1 / (s - 1) ** 2) - log * power / 2
    factor, slope = s * power / n, (1 - s * log) * power / n  # s n^(-s - 1), and its derivative in s
    for k, number in enumerate(BERNOULLI, start=1):
        scale = number / float(special.factorial(2 * k))
        total = total + scale * slope
        for step in (2 * k - 1, 2 * k):  # factor (s + step) / n, by the product rule
            factor, slope = factor * (s + step) / n, (slope * (s + step) + factor) / n
    return total


# special.zeta is a plain function, which NumPy does not dispatch; it only calls this ufunc.
@define(_ufuncs._zeta, Case(s=between(1.5, 6, "..."), q=positive("...")))  # noqa: SLF001
def zeta(s: Array, q: Array) -> Any:
    """Hurwitz's zeta function, the sum of (n + q)^-s over n >= 0, for s > 1. DLMF 25.11.

    d/dq = -s zeta(s + 1, q); d/ds is the sum of -log(n + q) (n + q)^-s, for q > 0, and NaN below.
    """
    return (
        lambda: differentiate_zeta(s, np.where(q > 0, q, np.nan)),
        lambda: -s * special.zeta(s + 1, q),
    )


def differentiate_riemann_zeta(s: Array) -> Array:
    """Return the derivative of Riemann's zeta function, below -0.5 by reflection: DLMF 25.4.1."""
    low = s < -0.5
    t = 1 - np.where(low, s, -0.5)  # zeta(1 - t) = 2 (2 pi)^-t cos(pi t / 2) gamma(t) zeta(t)
    right = differentiate_zeta(np.where(low, t, s), 1.0)
    scale = 2 * np.exp(special.gammaln(t) - t * np.log(2 * pi))
    zeta, logs = special.zeta(t), np.log(2 * pi) - special.digamma(t)
    cosine, sine = np.cos(pi * t / 2), np.sin(pi * t / 2)
    reflected = scale * (cosine * (logs * zeta - right) + pi / 2 * sine * zeta)
    return np.where(low, reflected, right)


@define(_ufuncs._riemann_zeta, *_ZETA)  # noqa: SLF001
def riemann_zeta(x: Array) -> Array:
    """Riemann's zeta function, for real x. d/dx is the sum of -log(n) n^-x for x > 1. DLMF 25.2.6."""
    return differentiate_riemann_zeta(x)


@define(special.zetac, *_ZETA)
def zetac(x: Array) -> Array:
    """zeta(x) - 1, for real x. d/dx is the sum of -log(n) n^-x for x > 1. DLMF 25.2.6."""
    return differentiate_riemann_zeta(x)


@define(special.beta, Case(a=positive("..."), b=positive("...")))
def beta(a: Array, b: Array, *, y: Array) -> Any:
    """gamma(a) gamma(b) / gamma(a + b). d/da = y (digamma(a) - digamma(a + b)); likewise b. DLMF 5.12.1."""
    return (
        lambda: y * (special.digamma(a) - special.digamma(a + b)),
        lambda: y * (special.digamma(b) - special.digamma(a + b)),
    )


@define(special.betaln, Case(a=positive("..."), b=positive("...")))
def betaln(a: Array, b: Array) -> Any:
    """Log |beta(a, b)|. d/da = digamma(a) - digamma(a + b); likewise for b. DLMF 5.12.1."""
    return (
        lambda: special.digamma(a) - special.digamma(a + b),
        lambda: special.digamma(b) - special.digamma(a + b),
    )


def subtract_digamma(x: Array, m: Array) -> Array:
    """Return digamma(x + m) - digamma(x), finite for a whole m where both are infinite: DLMF 5.5.4."""
    low = (x < 0.5) & (x + m < 0.5) & (m == np.floor(m))
    z = np.where(low, 1 - x, x)
    shift = np.where(low, -m, m)
    return special.digamma(z + shift) - special.digamma(z)


@define(special.binom, Case(n=positive("..."), k=positive("...")), Case(n=positive("..."), k=real("...")))
def binom(n: Array, k: Array, *, y: Array) -> Any:
    """gamma(n + 1) / (gamma(k + 1) gamma(n - k + 1)). DLMF 1.2.6 and 5.2.2.

    d/dn = y (digamma(n + 1) - digamma(n - k + 1)); d/dk = y (digamma(n - k + 1) - digamma(k + 1)).
    At a zero of y they follow from the derivative of 1 / gamma.
    """
    top, lower, rest = special.gamma(n + 1), special.rgamma(k + 1), special.rgamma(n - k + 1)
    slope = differentiate_rgamma(n - k + 1)
    return (
        lambda: np.where(y == 0, top * lower * slope, y * subtract_digamma(n - k + 1, k)),
        lambda: np.where(
            y == 0,
            top * (differentiate_rgamma(k + 1) * rest - lower * slope),
            y * subtract_digamma(k + 1, n - 2 * k),
        ),
    )


@define(special.poch, Case(z=positive("..."), m=real("...")))
def poch(z: Array, m: Array, *, y: Array) -> Any:
    """gamma(z + m) / gamma(z). d/dz = y (digamma(z + m) - digamma(z)); d/dm = y digamma(z + m). DLMF 5.2.5.

    At a zero of y the derivatives follow from the derivative of 1 / gamma.
    """
    return (
        lambda: np.where(y == 0, special.gamma(z + m) * differentiate_rgamma(z), y * subtract_digamma(z, m)),
        lambda: np.where(y == 0, 0.0, y * special.digamma(z + m)),
    )
