"""Functions that SciPy returns with their derivative: the second derivative follows from the equation.

Airy, Kelvin and parabolic cylinder functions (DLMF 9.2, 10.61 and 12.2), Mathieu functions (DLMF 28.2 and
28.20). They have no closed derivative in their parameters.
"""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real

from .function import define


@define(special.airy, takes_complex=True)
def airy(z: Array, *, y: Any) -> Any:
    """Ai, Ai', Bi and Bi' at z. Ai'' = z Ai, and likewise for Bi. DLMF 9.2.1."""
    ai, ai_slope, bi, bi_slope = y
    return ai_slope, z * ai, bi_slope, z * bi


@define(special.airye, Case(z=positive("...")))
def airye(z: Array, *, y: Any) -> Any:
    """Ai and Ai' times exp(2/3 z^(3/2)), Bi and Bi' times exp(-2/3 z^(3/2)), for real z with a gradient.

    d/dz eAi = eAi' + sqrt(z) eAi; d/dz eBi = eBi' - sqrt(z) eBi; likewise for eAi' and eBi'. DLMF 9.2.1.
    """
    ai, ai_slope, bi, bi_slope = y
    root = np.sqrt(np.maximum(z, 0))  # the real part: eBi is Bi below 0
    return ai_slope + root * ai, z * ai + root * ai_slope, bi_slope - root * bi, z * bi - root * bi_slope


# Kelvin functions.


@define(special.ber, Case(x=between(-9, 9, "...")))
def ber(x: Array) -> Array:
    """The Kelvin function ber(x). d/dx = berp(x)."""
    return special.berp(x)


@define(special.bei, Case(x=between(-9, 9, "...")))
def bei(x: Array) -> Array:
    """The Kelvin function bei(x). d/dx = beip(x)."""
    return special.beip(x)


@define(special.ker, Case(x=between(0.1, 9, "...")))
def ker(x: Array) -> Array:
    """The Kelvin function ker(x). d/dx = kerp(x)."""
    return special.kerp(x)


@define(special.kei, Case(x=between(0.1, 9, "...")))
def kei(x: Array) -> Array:
    """The Kelvin function kei(x). d/dx = keip(x)."""
    return special.keip(x)


@define(special.berp, Case(x=between(-9, 9, "...")))
def berp(x: Array, *, y: Array) -> Array:
    """The derivative of ber. d/dx = -bei(x) - berp(x) / x, and 0 at 0. DLMF 10.61.3."""
    return -special.bei(x) - y / np.where(x == 0, 1, x)


@define(special.beip, Case(x=between(-9, 9, "...")))
def beip(x: Array, *, y: Array) -> Array:
    """The derivative of bei. d/dx = ber(x) - beip(x) / x, and 1 / 2 at 0. DLMF 10.61.3."""
    return special.ber(x) - np.where(x == 0, 0.5, y / np.where(x == 0, 1, x))


@define(special.kerp, Case(x=between(0.1, 9, "...")))
def kerp(x: Array, *, y: Array) -> Array:
    """The derivative of ker. d/dx = -kei(x) - kerp(x) / x. DLMF 10.61.3."""
    return -special.kei(x) - y / x


@define(special.keip, Case(x=between(0.1, 9, "...")))
def keip(x: Array, *, y: Array) -> Array:
    """The derivative of kei. d/dx = ker(x) - keip(x) / x. DLMF 10.61.3."""
    return special.ker(x) - y / x


@define(special.kelvin, Case(x=between(0.1, 9, "...")), takes_complex=True)
def kelvin(x: Array, *, y: Any) -> Any:
    """Ber + i bei, ker + i kei, and their derivatives. w'' = i w - w' / x. DLMF 10.61.3."""
    be, ke, be_slope, ke_slope = y
    return be_slope, ke_slope, 1j * be - be_slope / x, 1j * ke - ke_slope / x


# Parabolic cylinder functions.


@define(special.pbdv, *(Case(x=real("..."), v=v) for v in (1.5, 0.0, -2.0)), in_double=True)
def pbdv(x: Array, *, v: Any, y: Any) -> Any:
    """D_v(x) and its derivative. D'' = (x^2 / 4 - v - 1 / 2) D. DLMF 12.2.4."""
    return y[1], (x * x / 4 - v - 0.5) * y[0]


@define(
    special.pbvv, Case(x=between(0.1, 4, "..."), v=1.5), Case(x=between(0.1, 4, "..."), v=0.0), in_double=True
)
def pbvv(x: Array, *, v: Any, y: Any) -> Any:
    """V_v(x) and its derivative. V'' = (x^2 / 4 - v - 1 / 2) V, which is DLMF 12.2.2 for a = -v - 1 / 2."""
    return y[1], (x * x / 4 - v - 0.5) * y[0]


@define(special.pbwa, Case(x=real("..."), a=1.5), Case(x=real("..."), a=0.0))
def pbwa(x: Array, *, a: Any, y: Any) -> Any:
    """W(a, x) and its derivative. W'' = (a - x^2 / 4) W. DLMF 12.14.1."""
    return y[1], (a - x * x / 4) * y[0]


# Mathieu functions: SciPy's loops for float32 return NaN. The angular functions take degrees, and return the
# derivative in radians.

_MATHIEU = (Case(x=between(5, 80, "..."), m=3, q=1.5), Case(x=between(5, 80, "..."), m=2, q=0.5))
_MODIFIED = (Case(x=between(0.2, 1.5, "..."), m=3, q=1.5), Case(x=between(0.2, 1.5, "..."), m=2, q=0.5))


def differentiate_mathieu(value: Any, q: Any, x: Array, y: Any) -> Any:
    """Return the derivatives in x, in degrees: y'' = (2 q cos(2 x) - value) y. DLMF 28.2.1."""
    return y[1] * (pi / 180), (2 * q * np.cos(x * (pi / 90)) - value) * y[0] * (pi / 180)


def differentiate_modified_mathieu(value: Any, q: Any, x: Array, y: Any) -> Any:
    """Return the derivatives in x: y'' = (value - 2 q cosh(2 x)) y. DLMF 28.20.1."""
    return y[1], (value - 2 * q * np.cosh(2 * x)) * y[0]


@define(special.mathieu_cem, *_MATHIEU, in_double=True)
def mathieu_cem(x: Array, *, m: Any, q: Any, y: Any) -> Any:
    """The even Mathieu function ce_m at x degrees, and its derivative in radians. DLMF 28.2.1."""
    return differentiate_mathieu(special.mathieu_a(m, q), q, x, y)


@define(special.mathieu_sem, *_MATHIEU, in_double=True)
def mathieu_sem(x: Array, *, m: Any, q: Any, y: Any) -> Any:
    """The odd Mathieu function se_m at x degrees, and its derivative in radians. DLMF 28.2.1."""
    return differentiate_mathieu(special.mathieu_b(m, q), q, x, y)


@define(special.mathieu_modcem1, *_MODIFIED, in_double=True)
def mathieu_modcem1(x: Array, *, m: Any, q: Any, y: Any) -> Any:
    """The even modified Mathieu function of the first kind, and its derivative. DLMF 28.20.1."""
    return differentiate_modified_mathieu(special.mathieu_a(m, q), q, x, y)


@define(special.mathieu_modcem2, *_MODIFIED, in_double=True)
def mathieu_modcem2(x: Array, *, m: Any, q: Any, y: Any) -> Any:
    """The even modified Mathieu function of the second kind, and its derivative. DLMF 28.20.1."""
    return differentiate_modified_mathieu(special.mathieu_a(m, q), q, x, y)


@define(special.mathieu_modsem1, *_MODIFIED, in_double=True)
def mathieu_modsem1(x: Array, *, m: Any, q: Any, y: Any) -> Any:
    """The odd modified Mathieu function of the first kind, and its derivative. DLMF 28.20.1."""
    return differentiate_modified_mathieu(special.mathieu_b(m, q), q, x, y)


@define(special.mathieu_modsem2, *_MODIFIED, in_double=True)
def mathieu_modsem2(x: Array, *, m: Any, q: Any, y: Any) -> Any:
    """The odd modified Mathieu function of the second kind, and its derivative. DLMF 28.20.1."""
    return differentiate_modified_mathieu(special.mathieu_b(m, q), q, x, y)
