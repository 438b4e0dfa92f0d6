"""Hypergeometric functions, Legendre functions and Wright's function. DLMF 13, 14, 15 and 16.

There is no closed derivative in the parameters, which are therefore settings.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real, unit
from minigrad_ops_basic.dtypes import detach

from .function import define
from .removable import multiply_keeping_zero


@define(special.hyp0f1, Case(z=real("..."), v=1.5), Case(z=real("..."), v=2), takes_complex=True)
def hyp0f1(z: Array, *, v: Any) -> Array:
    """0F1(v, z). d/dz = 0F1(v + 1, z) / v. DLMF 16.3.1."""
    return np.divide(special.hyp0f1(v + 1, z), v)


@define(
    special.hyp1f1,
    Case(z=between(-9, 9, "..."), a=1.5, b=2.5),
    Case(z=between(-9, 9, "..."), a=0.5, b=2),
    takes_complex=True,
)
def hyp1f1(z: Array, *, a: Any, b: Any) -> Array:
    """Kummer's M(a, b, z). d/dz = a / b M(a + 1, b + 1, z); M(0, b, z) = 1, also for b = 0. DLMF 13.3.15."""
    lower = np.where(a == -1, 1, b + 1)
    return multiply_keeping_zero(np.divide(a, b), special.hyp1f1(a + 1, lower, z))


_GAUSS = (Case(z=unit("..."), a=1.5, b=0.5, c=2.5), Case(z=between(-4, 0.5, "..."), a=1, b=2, c=3))


@define(special.hyp2f1, *_GAUSS, takes_complex=True)
def hyp2f1(z: Array, *, a: Any, b: Any, c: Any) -> Array:
    """Gauss's F(a, b, c, z). d/dz = a b / c F(a + 1, b + 1, c + 1, z). DLMF 15.5.1.

    SciPy's F of a real z above 0.9 has an error of up to 50 % where c - a - b differs from a whole number by
    rounding alone. F of a complex z has 14 digits there, but is NaN for a = b = c and some z, and wrong by
    10^11 for z < 0 and a large b.
    """
    slope = special.hyp2f1(a + 1, b + 1, c + 1, z)
    if not np.iscomplexobj(z):
        excess = c - a - b
        is_close = (z > 0.9) & (np.abs(excess - np.rint(excess)) < 1e-9)
        is_imprecise = (z < 1) & (is_close | ~np.isfinite(detach(slope)))
        if np.any(detach(is_imprecise)):
            precise = np.real(special.hyp2f1(a + 1, b + 1, c + 1, z + 0j))
            slope = np.where(is_imprecise & ~np.isnan(precise), precise, slope)
    return multiply_keeping_zero(np.divide(a * b, c), slope)


@define(
    special.hyperu, Case(x=between(0.1, 9, "..."), a=1.5, b=2.5), Case(x=between(0.1, 9, "..."), a=0.5, b=1.0)
)
def hyperu(x: Array, *, a: Any, b: Any) -> Array:
    """Tricomi's U(a, b, x). d/dx = -a U(a + 1, b + 1, x). DLMF 13.3.22."""
    return multiply_keeping_zero(-a, special.hyperu(a + 1, b + 1, x))


@define(special.wright_bessel, Case(x=positive("..."), a=1.0, b=1.5), Case(x=positive("..."), a=0.5, b=2.0))
def wright_bessel(x: Array, *, a: Any, b: Any) -> Array:
    """The sum of x^k / (k! gamma(a k + b)). d/dx = wright_bessel(a, a + b, x). DLMF 10.46.1."""
    return special.wright_bessel(a, a + b, x)


@define(
    special.log_wright_bessel, Case(x=positive("..."), a=1.0, b=1.5), Case(x=positive("..."), a=0.5, b=2.0)
)
def log_wright_bessel(x: Array, *, a: Any, b: Any, y: Array) -> Array:
    """log(wright_bessel(a, b, x)).

    d/dx = wright_bessel(a, a + b, x) / wright_bessel(a, b, x). DLMF 10.46.1.
    """
    return np.exp(special.log_wright_bessel(a, a + b, x) - y)


@define(special.lpmv, Case(x=unit("..."), m=1, v=2.0), Case(x=unit("..."), m=0, v=1.5))
def lpmv(x: Array, *, m: Any, v: Any, y: Array) -> Array:
    """The Legendre function P of degree v and order m. DLMF 14.10.5.

    d/dx = (v x P_v - (v + m) P_{v-1}) / (x^2 - 1).
    """
    return (v * x * y - (v + m) * special.lpmv(m, v - 1, x)) / (x * x - 1)
