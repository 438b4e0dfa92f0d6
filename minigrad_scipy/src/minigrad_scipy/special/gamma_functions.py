"""The gamma and beta functions, their logarithms and their derivatives. DLMF 5 and 25."""

from __future__ import annotations

from math import factorial, pi
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real
from minigrad_ops_basic.dtypes import detach

from .function import define

# Bernoulli's numbers B_2, B_4, ..., for the series of Euler and Maclaurin.
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)


def differentiate_rgamma(x: Any) -> Any:
    """Return the derivative of 1 / gamma(x), finite where gamma has a pole."""
    low = np.real(x) < 0.5
    z = 1 - np.where(low, x, 0.5)
    # rgamma(x) = sin(pi x) gamma(1 - x) / pi, DLMF 5.5.3: at a pole the factor of digamma is 0.
    reflected = special.gamma(z) * (np.cos(pi * x) - np.sin(pi * x) / pi * special.psi(z))
    return np.where(low, reflected, -special.rgamma(x) * special.psi(np.where(low, 0.5, x)))


def trigamma(x: Any) -> Any:
    """Return the derivative of digamma: SciPy has it for real numbers as zeta(2, x), DLMF 5.15.1."""
    if x.dtype.kind != "c":
        return special._zeta(2.0, x)
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
        scale = number / factorial(2 * k)
        total = total + scale * slope
        for step in (2 * k - 1, 2 * k):  # factor (s + step) / n, by the product rule
            factor, slope = factor * (s + step) / n, (slope * (s + step) + factor) / n
    return total


def differentiate_riemann_zeta(s: Array) -> Array:
    """Return the derivative of Riemann's zeta function, below -0.5 by reflection: DLMF 25.4.1."""
    low = s < -0.5
    t = 1 - np.where(low, s, -0.5)  # zeta(1 - t) = 2 (2 pi)^-t cos(pi t / 2) gamma(t) zeta(t)
    right = differentiate_zeta(np.where(low, t, s), 1.0)
    scale = 2 * np.exp(special.gammaln(t) - t * np.log(2 * pi))
    zeta, logs = special._riemann_zeta(t), np.log(2 * pi) - special.psi(t)
    cosine, sine = np.cos(pi * t / 2), np.sin(pi * t / 2)
    reflected = scale * (cosine * (logs * zeta - right) + pi / 2 * sine * zeta)
    return np.where(low, reflected, right)


def subtract_digamma(x: Array, m: Array) -> Array:
    """Return digamma(x + m) - digamma(x), finite for a whole m where both are infinite: DLMF 5.5.4.

    The reflection adds pi cot(pi x) - pi cot(pi (x + m)), which is 0 for a whole m, and has a slope in m.
    """
    part = m - np.floor(m)
    low = (x < 0.5) & (x + m < 0.5) & (part == 0)
    z = np.where(low, 1 - x, x)
    shift = np.where(low, -m, m)
    sine = np.sin(pi * np.where(low & (x != np.round(x)), x, 0.5))
    return special.psi(z + shift) - special.psi(z) + np.where(low, part, 0) * (pi / sine) ** 2


def _split_by_mask(zero: Any, x: Any) -> tuple[Any, Any]:
    """Return x with 1 where `zero` is true, and x with 1 where `zero` is false."""
    return np.where(zero, 1, x), np.where(zero, x, 1)


_POSITIVE = Case(x=positive("..."))
_ZETA = (
    Case(x=between(1.5, 6, "...")),
    Case(x=between(-3.9, 0.9, "...")),
    Case(x=np.array([0.0, -0.4, -2.0, -7.5])),
)


@define(special.gamma, _POSITIVE, Case(x=between(-0.9, -0.1, "...")), takes_complex=True)
def gamma(x: Array, *, y: Array) -> Array:
    """The gamma function. d/dx = gamma(x) digamma(x). DLMF 5.2.2."""
    return y * special.psi(x)


@define(special.gammaln, _POSITIVE, Case(x=between(-0.9, -0.1, "...")))
def gammaln(x: Array) -> Array:
    """Log |gamma(x)|. d/dx = digamma(x). DLMF 5.2.2."""
    return special.psi(x)


@define(special.loggamma, _POSITIVE, takes_complex=True)
def loggamma(x: Array) -> Array:
    """The principal branch of log gamma(x). d/dx = digamma(x). DLMF 5.2.2."""
    return special.psi(x)


@define(special.rgamma, takes_complex=True)
def rgamma(x: Array) -> Array:
    """1 / gamma(x). d/dx = -digamma(x) / gamma(x). DLMF 5.2.2."""
    return differentiate_rgamma(x)


@define(special.psi, _POSITIVE, Case(x=between(-0.9, -0.1, "...")), takes_complex=True)
def digamma(x: Array) -> Array:
    """The derivative of log gamma(x). d/dx = zeta(2, x). DLMF 5.15.1."""
    return trigamma(x)


# special.zeta is a plain function, which NumPy does not dispatch; it only calls this ufunc.
@define(special._zeta, Case(s=between(1.5, 6, "..."), q=positive("...")))
def zeta(s: Array, q: Array) -> Any:
    """Hurwitz's zeta function, the sum of (n + q)^-s over n >= 0, for s > 1. DLMF 25.11.

    d/dq = -s zeta(s + 1, q); d/ds is the sum of -log(n + q) (n + q)^-s, for q > 0, and NaN below.
    """
    return (
        lambda: differentiate_zeta(s, np.where(q > 0, q, np.nan)),
        lambda: -s * special._zeta(s + 1, q),
    )


@define(special._riemann_zeta, *_ZETA)
def riemann_zeta(x: Array) -> Array:
    """Riemann's zeta function, for real x. d/dx is the sum of -log(n) n^-x for x > 1. DLMF 25.2.6."""
    return differentiate_riemann_zeta(x)


@define(special.zetac, *_ZETA)
def zetac(x: Array) -> Array:
    """zeta(x) - 1, for real x. d/dx is the sum of -log(n) n^-x for x > 1. DLMF 25.2.6."""
    return differentiate_riemann_zeta(x)


@define(
    special.beta,
    Case(a=positive("..."), b=positive("...")),
    Case(a=np.array([2.5, 0.5]), b=np.array([-2.5, -1.5])),
)
def beta(a: Array, b: Array, *, y: Array) -> Any:
    """gamma(a) gamma(b) / gamma(a + b). d/da = y (digamma(a) - digamma(a + b)); likewise b. DLMF 5.12.1.

    At a zero of y the derivatives follow from the derivative of 1 / gamma.
    """
    zero = (y == 0) & (a + b <= 0) & (a + b == np.floor(a + b))
    total = np.where(zero, 1, a + b)
    (a, a0), (b, b0) = _split_by_mask(zero, a), _split_by_mask(zero, b)

    def differentiate(a: Any, a0: Any, b0: Any) -> Any:
        at_zero = special.psi(a0) * special.rgamma(a0 + b0) + differentiate_rgamma(a0 + b0)
        product = special.gamma(a0) * special.gamma(b0)
        return np.where(zero, product * at_zero, y * (special.psi(a) - special.psi(total)))

    return lambda: differentiate(a, a0, b0), lambda: differentiate(b, b0, a0)


@define(special.betaln, Case(a=positive("..."), b=positive("...")))
def betaln(a: Array, b: Array) -> Any:
    """Log |beta(a, b)|. d/da = digamma(a) - digamma(a + b); likewise for b. DLMF 5.12.1."""
    return (
        lambda: special.psi(a) - special.psi(a + b),
        lambda: special.psi(b) - special.psi(a + b),
    )


_BINOM = (
    Case(n=positive("..."), k=positive("...")),
    Case(n=positive("..."), k=real("...")),
    Case(n=np.array([3.0, 5.0, 2.5, -2.25, 30.0, 3.5]), k=np.array([6.0, 7.0005, -2.0, 2.0, 400.0, -0.9995])),
)


@define(special.binom, *_BINOM)
def binom(n: Array, k: Array, *, y: Array) -> Any:
    """gamma(n + 1) / (gamma(k + 1) gamma(n - k + 1)). DLMF 1.2.6 and 5.2.2.

    d/dn = y (digamma(n + 1) - digamma(n - k + 1)); d/dk = y (digamma(n - k + 1) - digamma(k + 1)).
    At a zero of y, and close to one, where y has few digits, they follow from the reflection of gamma.
    """
    beyond = detach(np.where(k > n, k - n, -k))
    close = (np.abs(beyond - np.round(beyond)) < 1e-3) & (beyond > 0.5)  # y has 13 digits elsewhere
    zero = (y == 0) | (close & (n > -1))
    in_n, in_k = _differentiate_binom_at_zero(np.where(zero, n, 1), np.where(zero, k, 2))
    n, k = np.where(zero, 1, n), np.where(zero, 1, k)
    return (
        lambda: np.where(zero, in_n, y * subtract_digamma(n - k + 1, k)),
        lambda: np.where(zero, in_k, y * subtract_digamma(k + 1, n - 2 * k)),
    )


def _differentiate_binom_at_zero(n: Any, k: Any) -> tuple[Any, Any]:
    """Return the derivatives of binom by n and k where binom is zero, or too small for a float.

    By the reflection of gamma (DLMF 5.5.3) binom(n, k) = beta(n + 1, m) sin(pi m) / pi, with m = k - n, and
    with m = -k where k is negative.
    """
    first = (k > n) & ~((k < 0) & (k == np.round(k)))
    m = np.where(first, k - n, -k)
    beta, common = special.beta(n + 1, m), special.psi(n + 1 + m)
    whole = np.round(detach(m))
    sign = 1 - 2 * (whole % 2)
    sine, cosine = sign * np.sin(np.pi * (m - whole)) / np.pi, sign * np.cos(np.pi * (m - whole))
    in_n = beta * (special.psi(n + 1) - common) * sine
    in_m = beta * ((special.psi(m) - common) * sine + cosine)
    return np.where(first, in_n - in_m, in_n), np.where(first, in_m, -in_m)


@define(
    special.poch,
    Case(z=positive("..."), m=real("...")),
    Case(z=np.array([-1.0, -2.0, -2.25]), m=np.array([3.0, 4.0, 2.0])),
)
def poch(z: Array, m: Array, *, y: Array) -> Any:
    """gamma(z + m) / gamma(z). DLMF 5.2.5. d/dz = y (digamma(z + m) - digamma(z)); d/dm = y digamma(z + m).

    At a zero of y the derivatives follow from the derivative of 1 / gamma. If y underflows they are 0.
    """
    zero = (y == 0) & (z <= 0) & (z == np.floor(z))
    (z, z0), (m, m0) = _split_by_mask(zero, z), _split_by_mask(zero, m)
    top, lower = special.gamma(z0 + m0), special.rgamma(z0)
    logarithmic = special.psi(z0 + m0)
    return (
        lambda: np.where(
            zero, top * (logarithmic * lower + differentiate_rgamma(z0)), y * subtract_digamma(z, m)
        ),
        lambda: np.where(zero, top * lower * logarithmic, y * special.psi(z + m)),
    )
