"""Bessel functions, plain and scaled, of any order. DLMF 10.6, 10.29, 10.51 and 11.4.

The derivative follows from the neighbouring orders. There is no closed derivative in the order, which is
therefore a setting.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, positive, real
from minigrad_ops_basic.dtypes import detach

from .function import define

_REAL = (Case(z=real("..."), v=2), Case(z=real("..."), v=3.0))
_FAR = np.array([2e4, 5e4])
_POSITIVE = (Case(z=positive("..."), v=2), Case(z=positive("..."), v=0.5))


# The first kind, J.


@define(special.j0)
def j0(x: Array) -> Array:
    """J_0(x). d/dx = -J_1(x). DLMF 10.6.3."""
    return -special.j1(x)


@define(special.j1)
def j1(x: Array) -> Array:
    """J_1(x). d/dx = (J_0(x) - J_2(x)) / 2. DLMF 10.6.1."""
    return (special.j0(x) - special.jv(2, x)) / 2


@define(special.jv, *_REAL, takes_complex=True)
def jv(z: Array, *, v: Any) -> Array:
    """J_v(z). d/dz = (J_{v-1}(z) - J_{v+1}(z)) / 2. DLMF 10.6.1."""
    return (special.jv(v - 1, z) - special.jv(v + 1, z)) / 2


@define(special.jve, *_REAL)
def jve(z: Array, *, v: Any) -> Array:
    """J_v(z) exp(-|Im z|), for real z with a gradient. d/dz = (J_{v-1}(z) - J_{v+1}(z)) / 2."""
    return (special.jve(v - 1, z) - special.jve(v + 1, z)) / 2


# The second kind, Y, and the Hankel functions.


@define(special.y0, Case(x=positive("...")))
def y0(x: Array) -> Array:
    """Y_0(x). d/dx = -Y_1(x). DLMF 10.6.3."""
    return -special.y1(x)


@define(special.y1, Case(x=positive("...")))
def y1(x: Array, *, y: Array) -> Array:
    """Y_1(x). d/dx = Y_0(x) - Y_1(x) / x. DLMF 10.6.2."""
    return special.y0(x) - y / x


@define(special.yn, Case(x=positive("..."), n=2), Case(x=positive("..."), n=0))
def yn(x: Array, *, n: Any) -> Array:
    """Y_n(x) for a whole n. d/dx = (Y_{n-1}(x) - Y_{n+1}(x)) / 2. DLMF 10.6.1."""
    n = np.trunc(n)  # as SciPy does
    return (special.yn(n - 1, x) - special.yn(n + 1, x)) / 2


@define(special.yv, *_POSITIVE, takes_complex=True)
def yv(z: Array, *, v: Any) -> Array:
    """Y_v(z). d/dz = (Y_{v-1}(z) - Y_{v+1}(z)) / 2. DLMF 10.6.1."""
    return (special.yv(v - 1, z) - special.yv(v + 1, z)) / 2


@define(special.yve, *_POSITIVE)
def yve(z: Array, *, v: Any) -> Array:
    """Y_v(z) exp(-|Im z|), for real z with a gradient. d/dz = (Y_{v-1}(z) - Y_{v+1}(z)) / 2."""
    return (special.yve(v - 1, z) - special.yve(v + 1, z)) / 2


@define(special.hankel1, *_POSITIVE, takes_complex=True)
def hankel1(z: Array, *, v: Any) -> Array:
    """H_v(z) = J_v(z) + i Y_v(z). d/dz = (H_{v-1}(z) - H_{v+1}(z)) / 2. DLMF 10.6.1."""
    return (special.hankel1(v - 1, z) - special.hankel1(v + 1, z)) / 2


@define(special.hankel2, *_POSITIVE, takes_complex=True)
def hankel2(z: Array, *, v: Any) -> Array:
    """H_v(z) = J_v(z) - i Y_v(z). d/dz = (H_{v-1}(z) - H_{v+1}(z)) / 2. DLMF 10.6.1."""
    return (special.hankel2(v - 1, z) - special.hankel2(v + 1, z)) / 2


# The modified functions, I and K.


@define(special.i0)
def i0(x: Array) -> Array:
    """I_0(x). d/dx = I_1(x). DLMF 10.29.3."""
    return special.i1(x)


@define(special.i1)
def i1(x: Array) -> Array:
    """I_1(x). d/dx = (I_0(x) + I_2(x)) / 2. DLMF 10.29.1."""
    return (special.i0(x) + special.iv(2, x)) / 2


@define(special.iv, *_REAL, takes_complex=True)
def iv(z: Array, *, v: Any) -> Array:
    """I_v(z). d/dz = (I_{v-1}(z) + I_{v+1}(z)) / 2. DLMF 10.29.1."""
    return (special.iv(v - 1, z) + special.iv(v + 1, z)) / 2


@define(special.k0, Case(x=positive("...")))
def k0(x: Array) -> Array:
    """K_0(x). d/dx = -K_1(x). DLMF 10.29.3."""
    return -special.k1(x)


@define(special.k1, Case(x=positive("...")))
def k1(x: Array, *, y: Array) -> Array:
    """K_1(x). d/dx = -K_0(x) - K_1(x) / x. DLMF 10.29.2."""
    return -special.k0(x) - y / x


@define(special.kn, Case(x=positive("..."), n=2), Case(x=positive("..."), n=0))
def kn(x: Array, *, n: Any) -> Array:
    """K_n(x) for a whole n. d/dx = -(K_{|n-1|}(x) + K_{n+1}(x)) / 2. DLMF 10.29.1."""
    n = np.trunc(n)  # as SciPy does
    return (special.kn(np.abs(n - 1), x) + special.kn(n + 1, x)) / -2


@define(special.kv, *_POSITIVE, takes_complex=True)
def kv(z: Array, *, v: Any) -> Array:
    """K_v(z). d/dz = -(K_{v-1}(z) + K_{v+1}(z)) / 2. DLMF 10.29.1."""
    return (special.kv(v - 1, z) + special.kv(v + 1, z)) / -2


# Scaled functions are close to powers of z: the derivative is small against its terms.


def differentiate_scaled(v: Any, z: Any, y: Any, near: Any, sign: Any) -> Any:
    """Return the derivative of a scaled function y: `near`, or that of the asymptotic series for a large z.

    The series is a multiple of z^(-1/2) times the sum of a_k (sign / z)^k, DLMF 10.17.1, 10.17.5 and 10.40.1.
    Below 1000 (1 + v^2) the terms of `near` cancel three digits; above, five terms are exact.
    """
    limit = 1000.0 * (1 + np.abs(v) ** 2)
    far = np.abs(z) > limit
    if not detach(far).any():
        return near
    u = sign / np.where(far, z, limit)
    total, slope, a = 1.0, 0.0, 1.0
    for k in range(1, 6):
        a = a * (4 * v * v - (2 * k - 1) ** 2) / (8 * k)
        total, slope = total + a * u**k, slope + k * a * u**k
    return np.where(far, -(0.5 + slope / total) * u / sign * y, near)


@define(special.i0e, Case(x=real("...")), Case(x=np.array([-2e4, 5e4])))
def i0e(x: Array, *, y: Array) -> Array:
    """exp(-|x|) I_0(x). d/dx = i1e(x) - sign(x) i0e(x); 0 at the kink at 0."""
    near = special.i1e(x) - np.sign(x) * y
    return differentiate_scaled(0, x, y, near, -np.sign(x))


@define(special.i1e, Case(x=real("...")), Case(x=np.array([-2e4, 5e4])))
def i1e(x: Array, *, y: Array) -> Array:
    """exp(-|x|) I_1(x). d/dx = (i0e(x) + ive(2, x)) / 2 - sign(x) i1e(x)."""
    near = (special.i0e(x) + special.ive(2, x)) / 2 - np.sign(x) * y
    return differentiate_scaled(1, x, y, near, -np.sign(x))


@define(special.ive, *_REAL, Case(z=np.array([-2e4, 5e4]), v=1.5))
def ive(z: Array, *, v: Any, y: Array) -> Array:
    """exp(-|Re z|) I_v(z), for real z with a gradient. d/dz = (ive(v-1, z) + ive(v+1, z)) / 2 - sign(z) y."""
    near = (special.ive(v - 1, z) + special.ive(v + 1, z)) / 2 - np.sign(z) * y
    return differentiate_scaled(v, z, y, near, -np.sign(z))


@define(special.k0e, Case(x=positive("...")), Case(x=_FAR))
def k0e(x: Array, *, y: Array) -> Array:
    """exp(x) K_0(x). d/dx = k0e(x) - k1e(x)."""
    return differentiate_scaled(0, x, y, y - special.k1e(x), 1)


@define(special.k1e, Case(x=positive("...")), Case(x=_FAR))
def k1e(x: Array, *, y: Array) -> Array:
    """exp(x) K_1(x). d/dx = k1e(x) (1 - 1 / x) - k0e(x)."""
    return differentiate_scaled(1, x, y, y - y / x - special.k0e(x), 1)


@define(special.kve, *_POSITIVE, Case(z=_FAR, v=1.5), takes_complex=True)
def kve(z: Array, *, v: Any, y: Array) -> Array:
    """exp(z) K_v(z). d/dz = y - (kve(v-1, z) + kve(v+1, z)) / 2."""
    near = y - (special.kve(v - 1, z) + special.kve(v + 1, z)) / 2
    return differentiate_scaled(v, z, y, near, 1)


@define(special.hankel1e, _POSITIVE[0], Case(z=_FAR, v=1.5), takes_complex=True)
def hankel1e(z: Array, *, v: Any, y: Array) -> Array:
    """exp(-i z) times `hankel1`. d/dz = (hankel1e(v-1, z) - hankel1e(v+1, z)) / 2 - i y."""
    near = (special.hankel1e(v - 1, z) - special.hankel1e(v + 1, z)) / 2 - 1j * y
    return differentiate_scaled(v, z, y, near, 1j)


@define(special.hankel2e, _POSITIVE[0], Case(z=_FAR, v=1.5), takes_complex=True)
def hankel2e(z: Array, *, v: Any, y: Array) -> Array:
    """exp(i z) times `hankel2`. d/dz = (hankel2e(v-1, z) - hankel2e(v+1, z)) / 2 + i y."""
    near = (special.hankel2e(v - 1, z) - special.hankel2e(v + 1, z)) / 2 + 1j * y
    return differentiate_scaled(v, z, y, near, -1j)


# Spherical Bessel functions; SciPy's are plain functions that call these ufuncs.

_SPHERICAL = (Case(z=positive("..."), n=2), Case(z=positive("..."), n=0))


def differentiate_spherical(function: Any, sign: int, n: Any, z: Any) -> Any:
    """Return (n f_{n-1} + sign (n + 1) f_{n+1}) / (2 n + 1). DLMF 10.51.2 and 10.51.5."""
    return (n * function(np.abs(n - 1), z) + sign * (n + 1) * function(n + 1, z)) / (2 * n + 1)


@define(special._spherical_jn, *_SPHERICAL, takes_complex=True)
def spherical_jn(z: Array, *, n: Any) -> Array:
    """The spherical j_n(z). d/dz = (n j_{n-1}(z) - (n + 1) j_{n+1}(z)) / (2n + 1). DLMF 10.51.2."""
    return differentiate_spherical(special._spherical_jn, -1, n, z)


@define(special._spherical_yn, *_SPHERICAL, takes_complex=True)
def spherical_yn(z: Array, *, n: Any) -> Array:
    """The spherical y_n(z). d/dz = (n y_{n-1}(z) - (n + 1) y_{n+1}(z)) / (2n + 1). DLMF 10.51.2."""
    return differentiate_spherical(special._spherical_yn, -1, n, z)


@define(special._spherical_in, *_SPHERICAL, takes_complex=True)
def spherical_in(z: Array, *, n: Any) -> Array:
    """The spherical i_n(z). d/dz = (n i_{n-1}(z) + (n + 1) i_{n+1}(z)) / (2n + 1). DLMF 10.51.5."""
    return differentiate_spherical(special._spherical_in, 1, n, z)


@define(special._spherical_kn, *_SPHERICAL, takes_complex=True)
def spherical_kn(z: Array, *, n: Any) -> Array:
    """The spherical k_n(z). d/dz = -(n k_{n-1}(z) + (n + 1) k_{n+1}(z)) / (2n + 1). DLMF 10.51.5."""
    return -differentiate_spherical(special._spherical_kn, 1, n, z)
