"""The error functions, their inverses, and the normal distribution function. DLMF 7."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real, unit

from .function import define

SLOPE = 2 / pi**0.5  # the derivative of erf at 0
ROOT = (2 * pi) ** 0.5
TERMS = 15  # of the series for erfcx, for a relative error of 1e-16 from |x| = 10 on
FAR = 10.0


@define(special.erf, takes_complex=True)
def erf(x: Array) -> Array:
    """2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. d/dx = 2 / sqrt(pi) exp(-x^2). DLMF 7.2.1."""
    return SLOPE * np.exp(-x * x)


@define(special.erfc, takes_complex=True)
def erfc(x: Array) -> Array:
    """1 - erf(x), exact where the difference is small. d/dx = -2 / sqrt(pi) exp(-x^2). DLMF 7.2.2."""
    return -SLOPE * np.exp(-x * x)


def differentiate_erfcx(x: Any, y: Any) -> Any:
    """Return 2 x erfcx(x) - 2 / sqrt(pi) for y = erfcx(x).

    The difference of the two terms has no digits for a large x. There this is the derivative of the series of
    erfcx, (-1)^k (2k - 1)!! / (2 x^2)^k over sqrt(pi) x, DLMF 7.12.1.
    """
    far = _is_far(x)
    return np.where(far, _sum_series(np.where(far, x, FAR), -1) / -(pi**0.5), 2 * x * y - SLOPE)


def _is_far(x: Any) -> Any:
    return (np.abs(x) > FAR) & (np.real(x) >= 0)


def _differentiate_erfcx_twice(x: Any, y: Any) -> Any:
    """Return 2 y + 2 x y' for y = erfcx(x), for a large x by the series (-1)^k (2k - 1)!! / (2 x^2)^k."""
    far = _is_far(x)
    z = np.where(far, x, FAR)
    u = -1 / (2 * z * z)
    total: Any = 1.0
    for k in reversed(range(1, TERMS)):
        total = 1 + (2 * k + 1) * (k + 1) / k * u * total
    return np.where(far, total * (SLOPE / z**3), 2 * y + 2 * x * (2 * x * y - SLOPE))


def _sum_series(x: Any, sign: int) -> Any:
    """Return the sum of (2k + 1)!! (sign / 2)^k x^(-2k - 2), by Horner's rule."""
    u = sign / (2 * x * x)
    total = 1.0
    for k in reversed(range(1, TERMS)):
        total = 1 + (2 * k + 1) * u * total
    return total / (x * x)


@define(special.erfcx, Case(x=real("...")), Case(x=np.array([11.0, 15.0])), takes_complex=True)
def erfcx(x: Array, *, y: Array) -> Array:
    """exp(x^2) erfc(x). d/dx = 2 x erfcx(x) - 2 / sqrt(pi). DLMF 7.10."""
    return differentiate_erfcx(x, y)


@define(special.wofz, takes_complex=True)
def wofz(z: Array, *, y: Array) -> Array:
    """The Faddeeva function, erfcx(-i z). d/dz = 2 i / sqrt(pi) - 2 z wofz(z). DLMF 7.10.2."""
    return -1j * differentiate_erfcx(-1j * z, y)


@define(special.erfi, takes_complex=True)
def erfi(x: Array) -> Array:
    """-i erf(i x). d/dx = 2 / sqrt(pi) exp(x^2)."""
    return SLOPE * np.exp(x * x)


@define(special.dawsn, Case(x=real("...")), Case(x=np.array([11.0, -15.0])), takes_complex=True)
def dawsn(x: Array, *, y: Array) -> Array:
    """Dawson's integral, exp(-x^2) times the integral of exp(t^2) from 0 to x.

    d/dx = 1 - 2 x y. DLMF 7.10.
    """
    far = np.real(x * x) > FAR * FAR
    return np.where(far, _sum_series(np.where(far, x, FAR), 1) / -2, 1 - 2 * x * y)


@define(special.erfinv, Case(x=unit("...")))
def erfinv(x: Array, *, y: Array) -> Array:
    """The inverse of erf on (-1, 1). d/dx = sqrt(pi) / 2 exp(y^2) for the result y. DLMF 7.17."""
    return np.exp(y * y) / SLOPE


@define(special.erfcinv, Case(x=between(0, 2, "...")))
def erfcinv(x: Array, *, y: Array) -> Array:
    """The inverse of erfc on (0, 2). d/dx = -sqrt(pi) / 2 exp(y^2) for the result y. DLMF 7.17."""
    return -np.exp(y * y) / SLOPE


@define(special.ndtr, takes_complex=True)
def ndtr(x: Array) -> Array:
    """The probability of a standard normal value below x. d/dx = exp(-x^2 / 2) / sqrt(2 pi)."""
    return np.exp(-x * x / 2) / ROOT


@define(special.log_ndtr, takes_complex=True)
def log_ndtr(x: Array) -> Array:
    """log(ndtr(x)), exact where ndtr vanishes. d/dx = exp(-x^2 / 2) / (sqrt(2 pi) ndtr(x)).

    The quotient is computed as sqrt(2 / pi) / erfcx(-x / sqrt(2)), since it would be 0 / 0 far to the left.
    """
    return (2 / pi) ** 0.5 / special.erfcx(x / -(2**0.5))


@define(special.ndtri, Case(x=between(0.05, 0.95, "...")))
def ndtri(x: Array, *, y: Array) -> Array:
    """The inverse of ndtr on (0, 1). d/dx = sqrt(2 pi) exp(y^2 / 2) for the result y."""
    return np.exp(y * y / 2) * ROOT


@define(special.ndtri_exp, Case(x=between(-30, -0.05, "...")))
def ndtri_exp(x: Array, *, y: Array) -> Array:
    """The inverse of log_ndtr, for x < 0. d/dx = sqrt(pi / 2) erfcx(-y / sqrt(2)) for the result y."""
    return special.erfcx(y / -(2**0.5)) * (pi / 2) ** 0.5


@define(special.owens_t, Case(h=real("..."), a=real("...")))
def owens_t(h: Array, a: Array) -> Any:
    """The integral of exp(-h^2 (1 + x^2) / 2) / (1 + x^2) / (2 pi) from 0 to a.

    d/dh = -exp(-h^2 / 2) erf(a h / sqrt(2)) / sqrt(8 pi); d/da = the integrand at a. Owen (1956).
    """
    return (
        lambda: np.exp(-h * h / 2) * special.erf(a * h / 2**0.5) / -((8 * pi) ** 0.5),
        lambda: np.exp(-h * h * (1 + a * a) / 2) / (2 * pi * (1 + a * a)),
    )


@define(
    special.voigt_profile,
    Case(x=real("..."), sigma=positive("..."), gamma=positive("...")),
    Case(x=np.array([11.0, -15.0]), sigma=np.array([0.75, 1.0]), gamma=np.array([0.5, 2.0])),
)
def voigt_profile(x: Array, sigma: Array, gamma: Array) -> Any:
    """Re w(z) / (sigma sqrt(2 pi)) for the Faddeeva function w and z = (x + i gamma) / (sigma sqrt(2)).

    d/dx = Re w'(z) / (2 sigma^2 sqrt(pi)); d/dgamma = -Im w'(z) / (2 sigma^2 sqrt(pi));
    d/dsigma = sigma times the second derivative in x, Re w''(z) / (2 sigma^2 sqrt(2 pi)). DLMF 7.19.
    """
    z = (x + 1j * gamma) / (sigma * 2**0.5)
    w = special.wofz(z)
    slope = -1j * differentiate_erfcx(-1j * z, w) / (sigma * sigma)
    return (
        lambda: np.real(slope) / (2 * pi**0.5),
        lambda: np.real(_differentiate_erfcx_twice(-1j * z, w)) / (sigma * sigma * (-2 * ROOT)),
        lambda: -np.imag(slope) / (2 * pi**0.5),
    )


@define(special.fresnel, takes_complex=True)
def fresnel(z: Array) -> Any:
    """The integrals S and C of sin(pi t^2 / 2) and cos(pi t^2 / 2) from 0 to z. DLMF 7.2.7 and 7.2.8."""
    angle = z * z * (pi / 2)
    return np.sin(angle), np.cos(angle)


def differentiate_modfresnel(x: Any, k: Any, sign: int) -> Any:
    """Return the derivatives of F and K; K(x) is erfcx(u) / 2 for u = x exp(-sign i pi / 4)."""
    turn = np.exp(-sign * 0.25j * pi)
    return -np.exp(sign * 1j * x * x), differentiate_erfcx(x * turn, 2 * k) * (turn / 2)


@define(special.modfresnelp, Case(x=positive("...")), takes_complex=True, in_double=True)
def modfresnelp(x: Array, *, y: Any) -> Any:
    """F, the integral of exp(i t^2) from x on, and K = exp(-i (x^2 + pi / 4)) F / sqrt(pi).

    dF/dx = -exp(i x^2); dK/dx = -2 i x K - exp(-i pi / 4) / sqrt(pi).
    """
    return differentiate_modfresnel(x, y[1], 1)


@define(special.modfresnelm, Case(x=positive("...")), takes_complex=True, in_double=True)
def modfresnelm(x: Array, *, y: Any) -> Any:
    """The complex conjugates of `modfresnelp`: the integral of exp(-i t^2) from x on, and K."""
    return differentiate_modfresnel(x, y[1], -1)
