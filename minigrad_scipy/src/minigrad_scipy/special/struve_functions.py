"""Struve functions, and integrals of Struve and Bessel functions. DLMF 10.22, 10.43 and 11.4."""

from __future__ import annotations

from math import factorial, pi, prod
from typing import Any

from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real

from .function import define
from .removable import expand_near_zero

# The coefficients of x^(2 k) in H_0(x) / x, and in (1 - J_0(x)) / x^2. DLMF 11.2.1 and 10.2.2.
STRUVE = [2 / pi * (-1) ** k / prod(range(1, 2 * k + 2, 2)) ** 2 for k in range(9)]
BESSEL = [(-1) ** k / (4 ** (k + 1) * factorial(k + 1) ** 2) for k in range(9)]


def struve_term(v: Any, x: Array) -> Array:
    """Return (x / 2)^v / (sqrt(pi) gamma(v + 3 / 2)), the inhomogeneous term of DLMF 11.4.25 and 11.4.26."""
    return (x / 2) ** v * (special.rgamma(v + 1.5) / pi**0.5)


@define(special.struve, Case(x=real("..."), v=1), Case(x=positive("..."), v=0.5))
def struve(x: Array, *, v: Any) -> Array:
    """Struve's H_v(x).

    d/dx = (H_{v-1} - H_{v+1} + (x / 2)^v / (sqrt(pi) gamma(v + 3 / 2))) / 2. DLMF 11.4.
    """
    return (special.struve(v - 1, x) - special.struve(v + 1, x) + struve_term(v, x)) / 2


@define(special.modstruve, Case(x=real("..."), v=1), Case(x=positive("..."), v=0.5))
def modstruve(x: Array, *, v: Any) -> Array:
    """Struve's L_v(x).

    d/dx = (L_{v-1} + L_{v+1} + (x / 2)^v / (sqrt(pi) gamma(v + 3 / 2))) / 2. DLMF 11.4.
    """
    return (special.modstruve(v - 1, x) + special.modstruve(v + 1, x) + struve_term(v, x)) / 2


@define(special.itstruve0, Case(x=between(-9, 9, "...")))
def itstruve0(x: Array) -> Array:
    """The integral of Struve's H_0 from 0 to x."""
    return special.struve(0, x)


@define(special.it2struve0, Case(x=positive("...")))
def it2struve0(x: Array) -> Array:
    """The integral of Struve's H_0(t) / t from x on."""
    return -expand_near_zero(x, lambda x: special.struve(0, x) / x, STRUVE)


@define(special.itmodstruve0)
def itmodstruve0(x: Array) -> Array:
    """The integral of Struve's L_0 from 0 to x."""
    return special.modstruve(0, x)


@define(special.itj0y0, Case(x=positive("...")))
def itj0y0(x: Array) -> Any:
    """The integrals of J_0 and Y_0 from 0 to x."""
    return special.j0(x), special.y0(x)


@define(special.iti0k0, Case(x=positive("...")))
def iti0k0(x: Array) -> Any:
    """The integrals of I_0 and K_0 from 0 to x."""
    return special.i0(x), special.k0(x)


@define(special.it2j0y0, Case(x=positive("...")))
def it2j0y0(x: Array) -> Any:
    """The integrals of (1 - J_0(t)) / t from 0 to x, and of Y_0(t) / t from x on."""
    slope_j = expand_near_zero(x, lambda x: (1 - special.j0(x)) / (x * x), BESSEL) * x
    return slope_j, special.y0(x) / -x


@define(special.it2i0k0, Case(x=positive("...")))
def it2i0k0(x: Array) -> Any:
    """The integrals of (I_0(t) - 1) / t from 0 to x, and of K_0(t) / t from x on."""
    slope_i = expand_near_zero(x, lambda x: (special.i0(x) - 1) / (x * x), [abs(c) for c in BESSEL]) * x
    return slope_i, special.k0(x) / -x
