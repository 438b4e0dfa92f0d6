"""Elliptic integrals and functions. DLMF 19 and 22.

The derivatives in the parameter m are Carlson's integrals R_D, which lose no digits near m = 0 and m = 1.
"""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real

from .function import define

_MODULUS = between(0, 1, "...")


def differentiate_ellipk(m: Array) -> Array:
    """Return dK/dm = R_D(0, 1, 1 - m) / 6, since K = R_F(0, 1 - m, 1): DLMF 19.25.1 and 19.18.1."""
    return special.elliprd(0.0, 1.0, 1 - m) / 6


def differentiate_ellipe(m: Array) -> Array:
    """Return dE/dm = (E - K) / (2 m) = -R_D(0, 1 - m, 1) / 6: DLMF 19.4.2 and 19.25.1."""
    return special.elliprd(0.0, 1 - m, 1.0) / -6


@define(special.ellipk, Case(m=_MODULUS), Case(m=between(-4, -0.1, "...")))
def ellipk(m: Array) -> Array:
    """The complete integral K of 1 / sqrt(1 - m sin^2 t). d/dm = (E / (1 - m) - K) / (2 m). DLMF 19.4.1."""
    return differentiate_ellipk(m)


@define(special.ellipkm1, Case(p=_MODULUS))
def ellipkm1(p: Array) -> Array:
    """K at m = 1 - p, exact for a small p. d/dp = -dK/dm. DLMF 19.4.1."""
    return special.elliprd(0.0, 1.0, p) / -6


@define(special.ellipe, Case(m=_MODULUS), Case(m=between(-4, -0.1, "...")))
def ellipe(m: Array) -> Array:
    """The complete integral E of sqrt(1 - m sin^2 t). d/dm = (E - K) / (2 m). DLMF 19.4.2."""
    return differentiate_ellipe(m)


def split_angle(phi: Array, m: Array) -> tuple[Any, Any, Any, Any]:
    """Return the turns by pi, and for the rest of the angle its sine, cosine^2 and 1 - m sine^2."""
    turns = np.rint(phi / pi)
    sine = np.sin(phi - turns * pi)
    return turns, sine, np.maximum(1 - sine * sine, 0), 1 - m * sine * sine


def sum_turns(turns: Array, slope: Array) -> Any:
    """Return twice the slope of a complete integral for each turn: it is infinite for m = 1."""
    return np.where(turns == 0, 0, 2 * turns * slope)


def differentiate_ellipkinc(phi: Array, m: Array) -> Array:
    """Return dF/dm; F gains 2 K per turn. DLMF 19.25.5."""
    turns, sine, square, rest = split_angle(phi, m)
    return sine**3 * special.elliprd(square, 1.0, rest) / 6 + sum_turns(turns, differentiate_ellipk(m))


def differentiate_ellipeinc(phi: Array, m: Array) -> Array:
    """Return dE/dm; E gains 2 E(m) per turn. DLMF 19.25.9."""
    turns, sine, square, rest = split_angle(phi, m)
    return sine**3 * special.elliprd(square, rest, 1.0) / -6 + sum_turns(turns, differentiate_ellipe(m))


@define(special.ellipkinc, Case(phi=real("..."), m=_MODULUS))
def ellipkinc(phi: Array, m: Array) -> Any:
    """The integral F of 1 / sqrt(1 - m sin^2 t) from 0 to phi. d/dphi = the integrand. DLMF 19.2.4."""
    return lambda: 1 / np.sqrt(1 - m * np.sin(phi) ** 2), lambda: differentiate_ellipkinc(phi, m)


@define(special.ellipeinc, Case(phi=real("..."), m=_MODULUS))
def ellipeinc(phi: Array, m: Array) -> Any:
    """The integral E of sqrt(1 - m sin^2 t) from 0 to phi. d/dphi = the integrand. DLMF 19.2.5."""
    return lambda: np.sqrt(1 - m * np.sin(phi) ** 2), lambda: differentiate_ellipeinc(phi, m)


@define(special.ellipj, Case(u=real("..."), m=_MODULUS))
def ellipj(u: Array, m: Array, *, y: Any) -> Any:
    """Jacobi's sn, cn, dn and the amplitude phi. d/du = cn dn, -sn dn, -m sn cn, dn. DLMF 22.13.

    d/dm follows from dphi/dm = -dn dF/dm, since u = F(phi, m).
    """
    sn, cn, dn, phi = y

    def differentiate() -> Any:
        slope = -dn * differentiate_ellipkinc(phi, m)
        return cn * slope, -sn * slope, -(sn * sn + 2 * m * sn * cn * slope) / (2 * dn), slope

    return lambda: (cn * dn, -sn * dn, -m * sn * cn, dn), differentiate


@define(special.agm, Case(a=positive("..."), b=positive("...")))
def agm(a: Array, b: Array, *, y: Array) -> Any:
    """The arithmetic-geometric mean, pi / (2 R_F(0, a^2, b^2)). d/da = 2 y^2 a R_D(0, b^2, a^2) / (3 pi).

    DLMF 19.8.4 and 19.18.1. R_D is homogeneous: the formula is divided by a, so that no square overflows.
    """

    def differentiate(a: Array, b: Array) -> Array:
        d = special.elliprd(0.0, (b / a) ** 2, 1.0)
        return (y / a) ** 2 * np.where(y == 0, 0, d) * (2 / (3 * pi))  # 0 for b = 0, where R_D is infinite

    return lambda: differentiate(a, b), lambda: differentiate(b, a)
