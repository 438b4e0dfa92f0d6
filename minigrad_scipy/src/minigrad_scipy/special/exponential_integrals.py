"""The exponential, sine and cosine integrals, the dilogarithm, and Lambert's function.

DLMF 6, 8.19, 25.12, 4.13.
"""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real

from .function import define
from .removable import expand_near_zero

_POSITIVE = Case(x=positive("..."))
# The default of SciPy's lambertw; as an array the kit does not vary it.
TOLERANCE = np.array(1e-8, np.float32)
# The coefficients of x^(2 k) in sinh(x) / x and in sin(x) / x, exact for |x| <= 1.
SINH = [1 / factorial(2 * k + 1) for k in range(12)]
SINE = [(-1) ** k * c for k, c in enumerate(SINH)]


@define(special.exp1, _POSITIVE, takes_complex=True)
def exp1(x: Array) -> Array:
    """The integral of exp(-t) / t from x to infinity. d/dx = -exp(-x) / x. DLMF 6.2.1."""
    return -np.exp(-x) / x


@define(special.expi, _POSITIVE, Case(x=between(-5, -0.1, "...")), takes_complex=True)
def expi(x: Array) -> Array:
    """The principal value of the integral of exp(t) / t from -infinity to x.

    d/dx = exp(x) / x. DLMF 6.2.5.
    """
    return np.exp(x) / x


@define(special.expn, Case(x=positive("..."), n=2), Case(x=positive("..."), n=np.array([0, 1, 3], np.int8)))
def expn(x: Array, *, n: Any, y: Array) -> Array:
    """E_n(x), the integral of exp(-x t) / t^n over t > 1, for a whole n. d/dx = -E_{n-1}(x). DLMF 8.19.13."""
    n = np.trunc(n)  # as SciPy does
    return -np.where(n == 0, y * (1 + 1 / np.where(n == 0, x, 1)), special.expn(np.maximum(n - 1, 0), x))


def differentiate_exprel(x: Any) -> Any:
    """Return (e^x (x - 1) + 1) / x^2, for a small x by its series, the sum of (k + 1) / (k + 2)! x^k."""
    near = np.abs(x) < 1
    u: Any = np.where(near, x, 1)
    total: Any = 0.0
    for k in reversed(range(20)):
        total = total * u + (k + 1) / factorial(k + 2)
    z = np.where(near, 1, x)
    root = np.exp(z / 2)  # e^x overflows before the quotient does
    return np.where(near, total, root / z * (root * ((z - 1) / z)) + 1 / (z * z))


@define(special.exprel)
def exprel(x: Array) -> Array:
    """(e^x - 1) / x, 1 at 0: Kummer's function M(1, 2, x). d/dx = (e^x (x - 1) + 1) / x^2."""
    return differentiate_exprel(x)


@define(special.sici, _POSITIVE, takes_complex=True)
def sici(x: Array) -> Any:
    """Si, the integral of sin(t) / t from 0 to x, and Ci. d/dx = sin(x) / x and cos(x) / x. DLMF 6.2.9."""
    return expand_near_zero(x, lambda x: np.sin(x) / x, SINE), np.cos(x) / x


@define(special.shichi, _POSITIVE, takes_complex=True)
def shichi(x: Array) -> Any:
    """Shi, the integral of sinh(t) / t from 0 to x, and Chi.

    d/dx = sinh(x) / x and cosh(x) / x. DLMF 6.2.15.
    """
    return expand_near_zero(x, lambda x: np.sinh(x) / x, SINH), np.cosh(x) / x


@define(special.spence, Case(z=positive("...")), takes_complex=True)
def spence(z: Array) -> Array:
    """The integral of log(t) / (1 - t) from 1 to z. d/dz = log(z) / (1 - z), -1 at 1. DLMF 25.12.2."""
    near = np.abs(z - 1) < 0.5
    w = np.where(near, 2, z)
    return np.where(near, -special.hyp2f1(1.0, 1.0, 2.0, np.where(near, 1 - z, 0)), np.log(w) / (1 - w))


_LAMBERT = tuple(Case(z=positive("..."), k=k, tol=TOLERANCE) for k in (0, 1))


# special.lambertw is a plain function that calls this ufunc.
@define(special._lambertw, *_LAMBERT, order="z k tol", takes_complex=True)
def lambertw(z: Array, *, k: Any, tol: Any, y: Array) -> Array:
    """The branch k of the solution y of y exp(y) = z. d/dz = exp(-y) / (1 + y). DLMF 4.13.4."""
    return np.exp(-y) / (1 + y)


@define(special.wrightomega, Case(z=real("...")), takes_complex=True)
def wrightomega(z: Array, *, y: Array) -> Array:
    """The solution y of y + log(y) = z. d/dz = y / (1 + y)."""
    return y / (1 + y)
