"""Trigonometric functions and their inverses."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array
from minigrad_core.cases import Case, unit

from ..elementwise import InputElementwise, LinearElementwise, OutputElementwise
from ..nan_safe import divide_no_nan

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
