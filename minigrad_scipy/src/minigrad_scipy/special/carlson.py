"""Carlson's symmetric elliptic integrals. DLMF 19.16 and 19.18.

R_F(x, y, z) = 1/2 times the integral of 1 / sqrt((t + x) (t + y) (t + z)) over t > 0, and likewise R_D, R_J.
A derivative lowers an exponent by 1. Partial fractions give it from R_D and R_J.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between
from minigrad_ops_basic.dtypes import detach

from .function import define

_VALUES = between(0.1, 4, "...")
_THREE = Case(x=_VALUES, y=_VALUES, z=_VALUES)
CLOSE = 0.05  # relative distance of two arguments, below which partial fractions lose more than two digits
# The trapezoidal rule over log t is exact to exp(-2 pi w / step). Here w is the distance of log t from the
# singularities log(-x): pi for positive x. The integrands fall like sqrt(t) to the left of them, and like
# t^(-5/2) to the right.
LOG_STEP = 0.5


def integrate(*powers: tuple[Any, float]) -> Any:
    """Return the integral over t > 0 of the product of (t + x)^-p for the pairs x, p; DLMF 19.16.9.

    For complex x, t is on the ray in the middle of their directions, which no singularity crosses on its way.
    """
    plain = [np.asarray(detach(x)) for x, _ in powers]
    scale, step = np.abs(plain[0]), LOG_STEP
    if any(map(np.iscomplexobj, plain)):
        angles = np.broadcast_arrays(*[np.angle(np.where(x == 0, plain[0], x)) for x in plain])
        low, high = np.min(angles, axis=0), np.max(angles, axis=0)
        scale = scale * np.exp((low + high) * 0.5j)
        step *= max(1 - np.max(high - low, initial=0) / (2 * np.pi), 1 / 32)  # w / pi, within a bound of cost
    t = np.exp(np.arange(-85.0, 20.0, step)).reshape(-1, *(1,) * np.ndim(sum(plain)))
    product: Any = t * step
    for x, p in powers:
        product = product * (t + x / scale) ** -p
    return product.sum(axis=0) * scale ** (1 - sum(p for _, p in powers))


def divide_difference(x: Any, p: Any, difference: Any, *powers: tuple[Any, float]) -> Any:
    """Return difference / (p - x), or the integral of `powers`, which is equal, where x is close to p.

    For arrays only these values are integrated, over 210 nodes each: for random values a tenth of the time.
    """
    close = np.abs(detach(p - x)) < CLOSE * np.abs(detach(x))
    quotient = difference / np.where(close, 1, p - x)
    if not close.any():
        return quotient
    if not isinstance(quotient, np.ndarray):
        return np.where(close, integrate(*powers), quotient)
    shape = quotient.shape
    close = np.broadcast_to(close, shape)
    quotient[close] = integrate(*((np.broadcast_to(v, shape)[close], power) for v, power in powers))
    return quotient


@define(special.elliprf, _THREE, takes_complex=True)
def elliprf(x: Array, y: Array, z: Array) -> Any:
    """R_F(x, y, z). d/dx = -R_D(y, z, x) / 6, and likewise for y and z. DLMF 19.18.1."""
    return (
        lambda: special.elliprd(y, z, x) / -6,
        lambda: special.elliprd(z, x, y) / -6,
        lambda: special.elliprd(x, y, z) / -6,
    )


def multiply(f: Callable[..., Any], x: Array, *others: Array) -> Any:
    """Return x f(x, *others), and 0 for x = 0, where f grows as x^(-1/2): DLMF 19.20.21."""
    return x * f(np.where(x == 0, 1, x), *others)


@define(special.elliprg, _THREE, takes_complex=True)
def elliprg(x: Array, y: Array, z: Array) -> Any:
    """R_G(x, y, z). d/dx = (3 R_F(x, y, z) - x R_D(y, z, x)) / 12, and likewise. Carlson (1977), 5.9-9.

    R_G(x, 0, 0) = sqrt(x) / 2, where R_F is infinite.
    """

    def differentiate(x: Array, y: Array, z: Array) -> Any:
        single = ((x == 0) & (y == 0)) | ((x == 0) & (z == 0)) | ((y == 0) & (z == 0))
        p, q, r = (np.where(single, 1, v) for v in (x, y, z))
        product = multiply(lambda p, q, r: special.elliprd(q, r, p), p, q, r)
        slope = (3 * special.elliprf(p, q, r) - product) / 12
        return np.where(single, 0.25 / np.sqrt(np.where(single, x, 1)), slope)

    return lambda: differentiate(x, y, z), lambda: differentiate(y, z, x), lambda: differentiate(z, x, y)


@define(special.elliprc, Case(x=_VALUES, y=_VALUES), Case(x=_VALUES, y=between(-4, -0.1, "...")))
def elliprc(x: Array, y: Array) -> Any:
    """R_C(x, y) = R_F(x, y, y). d/dx = -R_D(y, y, x) / 6; d/dy = -R_D(x, y, y) / 3. DLMF 19.18.2.

    For y < 0, where R_C is a principal value, d/dx = (R_C - 1 / sqrt(x)) / (2 (y - x)), and x d/dx + y d/dy =
    -R_C / 2.
    """
    value, inside, root = special.elliprc(x, y), y > 0, np.sqrt(x)
    half = 0.5 / np.where(inside, 1, y - x)
    in_x, times_x = (value - 1 / root) * half, (x * value - root) * half
    w = np.where(inside, y, 1)
    return (
        lambda: np.where(inside, special.elliprd(w, w, x) / -6, in_x),
        lambda: np.where(inside, special.elliprd(x, w, w) / -3, (value / 2 + times_x) / -y),
    )


def differentiate_elliprd(x: Array, y: Array, z: Array) -> Array:
    """Return the derivative of R_D(x, y, z) in x, (R_D(x, y, z) - R_D(y, z, x)) / (2 (z - x))."""
    difference = special.elliprd(y, z, x) - special.elliprd(x, y, z)
    return divide_difference(x, z, difference / 1.5, (x, 1.5), (y, 0.5), (z, 1.5)) * -0.75


@define(special.elliprd, _THREE, takes_complex=True)
def elliprd(x: Array, y: Array, z: Array) -> Any:
    """R_D(x, y, z). d/dx = (R_D(x, y, z) - R_D(y, z, x)) / (2 (z - x)); likewise for y. DLMF 19.18.

    d/dz follows from x d/dx + y d/dy + z d/dz = -3/2 R_D.
    """
    value = special.elliprd(x, y, z)
    slope = differentiate_elliprd
    return (
        lambda: slope(x, y, z),
        lambda: slope(y, x, z),
        lambda: (1.5 * value + multiply(slope, x, y, z) + multiply(slope, y, x, z)) / -z,
    )


def differentiate_elliprj(x: Array, y: Array, z: Array, p: Array) -> Array:
    """Return the derivative of R_J(x, y, z, p) in x, (R_J(x, y, z, p) - R_D(y, z, x)) / (2 (p - x))."""
    difference = special.elliprd(y, z, x) - special.elliprj(x, y, z, p)
    return divide_difference(x, p, difference / 1.5, (x, 1.5), (y, 0.5), (z, 0.5), (p, 1.0)) * -0.75


@define(special.elliprj, Case(x=_VALUES, y=_VALUES, z=_VALUES, p=_VALUES), takes_complex=True)
def elliprj(x: Array, y: Array, z: Array, p: Array) -> Any:
    """R_J(x, y, z, p). d/dx = (R_J(x, y, z, p) - R_D(y, z, x)) / (2 (p - x)); likewise for y, z. DLMF 19.18.

    d/dp follows from x d/dx + y d/dy + z d/dz + p d/dp = -3/2 R_J.
    """
    value = special.elliprj(x, y, z, p)
    slope = differentiate_elliprj

    def differentiate() -> Any:
        total = multiply(slope, x, y, z, p) + multiply(slope, y, z, x, p) + multiply(slope, z, x, y, p)
        return (1.5 * value + total) / -p

    return lambda: slope(x, y, z, p), lambda: slope(y, z, x, p), lambda: slope(z, x, y, p), differentiate
