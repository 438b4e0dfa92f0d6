"""The gamma and beta functions, their logarithms and their derivatives. DLMF 5 and 25."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real
from minigrad_ops_basic.dtypes import detach

from .function import define
from .gamma_derivatives import (
    differentiate_rgamma,
    differentiate_riemann_zeta,
    differentiate_zeta,
    subtract_digamma,
    trigamma,
)

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


@define(special.beta, Case(a=positive("..."), b=positive("...")))
def beta(a: Array, b: Array, *, y: Array) -> Any:
    """gamma(a) gamma(b) / gamma(a + b). d/da = y (digamma(a) - digamma(a + b)); likewise b. DLMF 5.12.1."""
    return (
        lambda: y * (special.psi(a) - special.psi(a + b)),
        lambda: y * (special.psi(b) - special.psi(a + b)),
    )


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
    Case(n=np.array([3.0, 5.0, 2.5, -2.5, 30.0]), k=np.array([6.0, 7.0, -2.0, 2.0, 400.0])),
)


@define(special.binom, *_BINOM)
def binom(n: Array, k: Array, *, y: Array) -> Any:
    """gamma(n + 1) / (gamma(k + 1) gamma(n - k + 1)). DLMF 1.2.6 and 5.2.2.

    d/dn = y (digamma(n + 1) - digamma(n - k + 1)); d/dk = y (digamma(n - k + 1) - digamma(k + 1)).
    At a zero of y they follow from the reflection of gamma.
    """
    zero = y == 0
    of_n, of_k = _differentiate_binom_at_zero(np.where(zero, n, 1), np.where(zero, k, 2))
    n, k = np.where(zero, 1, n), np.where(zero, 1, k)
    return (
        lambda: np.where(zero, of_n, y * subtract_digamma(n - k + 1, k)),
        lambda: np.where(zero, of_k, y * subtract_digamma(k + 1, n - 2 * k)),
    )


def _differentiate_binom_at_zero(n: Any, k: Any) -> tuple[Any, Any]:
    """Return the derivatives of binom by n and k where binom is zero, or too small for a float.

    By the reflection of gamma (DLMF 5.5.3) binom(n, k) = beta(n + 1, m) sin(pi m) / pi, with m = k - n, and
    with m = -k where k is negative.
    """
    first = (k > n) & ~((k < 0) & (k == np.round(k)))
    m = np.where(first, k - n, -k)
    beta, of_both = special.beta(n + 1, m), special.psi(n + 1 + m)
    whole = np.round(detach(m))
    sign = 1 - 2 * (whole % 2)
    sine, cosine = sign * np.sin(np.pi * (m - whole)) / np.pi, sign * np.cos(np.pi * (m - whole))
    of_n = beta * (special.psi(n + 1) - of_both) * sine
    of_m = beta * ((special.psi(m) - of_both) * sine + cosine)
    return np.where(first, of_n - of_m, of_n), np.where(first, of_m, -of_m)


def part(zero: Any, x: Any) -> tuple[Any, Any]:
    """Return x where a mask does not hold, and x where it does; 1 elsewhere."""
    return np.where(zero, 1, x), np.where(zero, x, 1)


@define(
    special.poch,
    Case(z=positive("..."), m=real("...")),
    Case(z=np.array([-1.0, -2.0]), m=np.array([3.0, 4.0])),
)
def poch(z: Array, m: Array, *, y: Array) -> Any:
    """gamma(z + m) / gamma(z). DLMF 5.2.5. d/dz = y (digamma(z + m) - digamma(z)); d/dm = y digamma(z + m).

    At a zero of y the derivatives follow from the derivative of 1 / gamma.
    """
    zero, (z, z0), (m, m0) = y == 0, part(y == 0, z), part(y == 0, m)
    top, lower = special.gamma(z0 + m0), special.rgamma(z0)
    logarithmic = special.psi(z0 + m0)
    return (
        lambda: np.where(
            zero, top * (logarithmic * lower + differentiate_rgamma(z0)), y * subtract_digamma(z, m)
        ),
        lambda: np.where(zero, top * lower * logarithmic, y * special.psi(z + m)),
    )
