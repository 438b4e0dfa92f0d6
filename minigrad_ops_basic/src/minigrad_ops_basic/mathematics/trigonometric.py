"""Trigonometric and hyperbolic functions and their inverses, `sinc`, `hypot` and `unwrap`."""

from __future__ import annotations

from functools import reduce
from math import factorial
from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, between, real, unit
from minigrad_core.errors import ArgumentError

from ..dtypes import detach
from ..elementwise import InputElementwise, LinearElementwise, OutputElementwise
from ..function import NumpyFunction
from ..nan_safe import divide_no_nan, has_zeros, is_finite

_UNIT = Case(x=unit("..."))


@InputElementwise.define(np.sin, takes_complex=True)
def sin(grad: Array, x: Array) -> Array:
    """The sine of x radians. d/dx = grad cos x."""
    return grad * np.cos(x)


@InputElementwise.define(np.cos, takes_complex=True)
def cos(grad: Array, x: Array) -> Array:
    """The cosine of x radians. d/dx = -grad sin x."""
    return grad * -np.sin(x)


@OutputElementwise.define(np.tan, _UNIT, takes_complex=True)
def tan(grad: Array, y: Array) -> Array:
    """The tangent of x radians. d/dx = grad (1 + tan^2 x)."""
    return grad * (1 + y * y)


@InputElementwise.define(np.arcsin, _UNIT, takes_complex=True)
def arcsin(grad: Array, x: Array) -> Array:
    """The angle in [-pi/2, pi/2] with the sine x, for x in [-1, 1]. d/dx = grad / sqrt(1 - x^2)."""
    return divide_no_nan(grad, _compute_cosine(x))


@InputElementwise.define(np.arccos, _UNIT, takes_complex=True)
def arccos(grad: Array, x: Array) -> Array:
    """The angle in [0, pi] with the cosine x, for x in [-1, 1]. d/dx = -grad / sqrt(1 - x^2)."""
    return -divide_no_nan(grad, _compute_cosine(x))


def _compute_cosine(x: Any) -> Array:
    """Return sqrt(1 - x^2). On branch cuts the sign of a zero counts: -0 + 0 loses it, +0 - -0 does not."""
    if x.dtype.kind == "c":
        return np.sqrt(-((x - 1) * (x - -1)))
    return np.sqrt((1 - x) * (1 + x))


@InputElementwise.define(np.arctan, takes_complex=True)
def arctan(grad: Array, x: Array) -> Array:
    """The angle in (-pi/2, pi/2) with the tangent x. d/dx = grad / (1 + x^2)."""
    if x.dtype.kind == "c":
        return divide_no_nan(grad, 1 + x * x)
    r = np.hypot(1, x)  # x * x would overflow, in float32 from 2e19 on
    return grad / r / r


@LinearElementwise.define(np.deg2rad, implements=(np.radians,))
def deg2rad(grad: Array) -> Array:
    """The angle of x degrees, in radians. d/dx = grad pi / 180."""
    return grad * float(np.pi / 180)


@LinearElementwise.define(np.rad2deg, implements=(np.degrees,))
def rad2deg(grad: Array) -> Array:
    """The angle of x radians, in degrees. d/dx = grad 180 / pi."""
    return grad * float(180 / np.pi)


@InputElementwise.define(np.sinc, takes_complex=True)
def sinc(grad: Array, x: Any) -> Array:
    """sin(pi x) / (pi x), 1 at x = 0. d/dx = grad (cos(pi x) - sinc x) / x, 0 at x = 0."""
    near = abs(x) < _NEAR  # where the formula cancels: there the Taylor series is exact
    if not np.count_nonzero(near):
        return grad * _compute_far_slope(x)
    inside = np.where(near, x, 0)
    far = _compute_far_slope(np.where(near, 1, x))
    return grad * np.where(near, inside * _sum_series(inside * inside), far)


def _compute_far_slope(x: Array) -> Array:
    return (np.cos(np.pi * x) - np.sinc(x)) / x


def _sum_series(square: Array) -> Array:
    return reduce(lambda total, term: total * square + term, reversed(_TERMS))


# The Taylor series is sinc'(x) = sum over k >= 1 of (-1)^k pi^2k 2k / (2k + 1)! x^(2k - 1); for |x| < 0.1
# six terms reach double precision.
_NEAR = 0.1
_TERMS = [(-1) ** k * np.pi ** (2 * k) * 2 * k / factorial(2 * k + 1) for k in range(1, 7)]


def _replace_infinite(a: Any, length: Any) -> Array:
    """Return a coordinate, and where the length is infinite its sign if it is infinite, else 0.

    So inf / inf is no NaN, and the direction of the point stays.
    """
    sign = np.where(np.isinf(detach(a)), np.sign(detach(a)), 0)
    return np.where(np.isinf(detach(length)), sign, a)


_INFINITE_X, _INFINITE_Y = np.array([np.inf, -np.inf, 0.5, -1.5]), np.array([1.5, 0.5, np.inf, -np.inf])


class Hypot(NumpyFunction):
    """sqrt(x^2 + y^2), without overflow.

    d/dx = grad x / hypot, d/dy = grad y / hypot; 0 at the origin, and the limit at infinity.
    """

    broadcasts = True
    cases = (Case(x=real("..."), y=real("...")), Case(x=_INFINITE_X, y=_INFINITE_Y))

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        z = np.hypot(x, y)
        ctx.save(x, y, z)
        return z

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y, z = ctx.saved
        if not is_finite(z):
            x, y = _replace_infinite(x, z), _replace_infinite(y, z)
            z = np.where(np.isinf(detach(z)), np.hypot(x, y), z)
        # x / inf is 0 at the origin, in derivatives of any order.
        length = np.where(z == 0, np.inf, z) if has_zeros(z) else z
        return grad * (x / length) if ctx.needs[0] else None, grad * (y / length) if ctx.needs[1] else None


class Arctan2(NumpyFunction):
    """The angle of the point (x2, x1), in [-pi, pi].

    d/dx1 = grad x2 / r^2, d/dx2 = -grad x1 / r^2, and 0 at the origin and at infinity.
    """

    broadcasts = True
    cases = (Case(y=real("..."), x=real("...")), Case(y=_INFINITE_Y, x=_INFINITE_X))

    def forward(self, ctx: Context, y: Array, x: Array) -> Array:
        ctx.save(y, x)
        return np.arctan2(y, x)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        y, x = ctx.saved
        # Two divisions by r, not one by x^2 + y^2, which overflows or underflows for much smaller values.
        r = np.hypot(x, y)
        if not is_finite(r):
            x, y = _replace_infinite(x, r), _replace_infinite(y, r)
        r = np.where(r == 0, np.inf, r) if has_zeros(r) else r
        return grad * (x / r / r) if ctx.needs[0] else None, -grad * (y / r / r) if ctx.needs[1] else None


class Unwrap(NumpyFunction):
    """Angles along `axis`, with multiples of `period` added so that no step is greater than `discont`.

    discont: by default half a period. period: not 0. d/dx = grad: the added multiples are flat between
    their jumps.
    """

    cases = (
        Case(p=between(-9, 9, "n 4")),
        Case(p=between(-9, 9, "4 2"), axis=0, period=1.5, discont=1.0),
        Case(p=np.array([0, 7, 3])),
    )

    def forward(
        self,
        ctx: Context,
        p: Array,
        *,
        discont: float | None = None,
        axis: int = -1,
        period: float = 2 * np.pi,
    ) -> Array:
        if period == 0:
            raise ArgumentError("unwrap: period must not be 0")
        # NumPy returns the input itself for fewer than two values.
        y = np.unwrap(p, discont, axis, period=period)
        return y.astype(p.dtype) if p.dtype.kind == "f" else y

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad.copy()


hypot = Hypot(np.hypot)
arctan2 = Arctan2(np.arctan2)
unwrap = Unwrap(np.unwrap)


@InputElementwise.define(np.sinh, takes_complex=True)
def sinh(grad: Array, x: Array) -> Array:
    """(e^x - e^-x) / 2. d/dx = grad cosh x."""
    return grad * np.cosh(x)


@InputElementwise.define(np.cosh, takes_complex=True)
def cosh(grad: Array, x: Array) -> Array:
    """(e^x + e^-x) / 2. d/dx = grad sinh x."""
    return grad * np.sinh(x)


@OutputElementwise.define(np.tanh, takes_complex=True)
def tanh(grad: Array, y: Array) -> Array:
    """The hyperbolic tangent, in [-1, 1] for any x. d/dx = grad (1 - tanh^2 x)."""
    return grad * (1 - y * y)


@InputElementwise.define(np.arcsinh, takes_complex=True)
def arcsinh(grad: Array, x: Array) -> Array:
    """The inverse of sinh. d/dx = grad / sqrt(1 + x^2)."""
    if x.dtype.kind == "c":
        return grad / np.sqrt(x * x - -1)  # on the branch cuts -0 counts, and 1 + -0 would lose it
    return grad / np.hypot(1, x)  # x * x would overflow, in float32 from 2e19 on


@InputElementwise.define(np.arccosh, Case(x=between(1, 10, "...")), takes_complex=True)
def arccosh(grad: Array, x: Array) -> Array:
    """The inverse of cosh, for x >= 1. d/dx = grad / sqrt(x^2 - 1)."""
    # On the branch cut of complex values -0 counts, and x + 1 would lose it.
    return divide_no_nan(grad, np.sqrt(x - 1) * np.sqrt(x - -1))


@InputElementwise.define(np.arctanh, Case(x=unit("...")), takes_complex=True)
def arctanh(grad: Array, x: Array) -> Array:
    """The inverse of tanh, for x in (-1, 1). d/dx = grad / (1 - x^2)."""
    return divide_no_nan(grad, (1 - x) * (1 + x))
