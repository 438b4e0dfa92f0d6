"""Trigonometric functions and their inverses."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, unit

from ..nan_safe import divide_no_nan


class Sin(Operation):
    """The sine of radians. d/dx = grad cos x."""

    name = "sin"
    broadcasts = True
    implements = (np.sin,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.sin(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * np.cos(x)


class Cos(Operation):
    """The cosine of radians. d/dx = -grad sin x."""

    name = "cos"
    broadcasts = True
    implements = (np.cos,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.cos(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * -np.sin(x)


class Tan(Operation):
    """The tangent of radians. d/dx = grad (1 + tan^2 x)."""

    name = "tan"
    broadcasts = True
    implements = (np.tan,)
    takes_complex = True
    cases = (Case(x=unit("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = np.tan(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        (y,) = ctx.saved
        return grad * (1 + y * y)


class Arcsin(Operation):
    """The angle in [-pi/2, pi/2] whose sine is x in [-1, 1]. d/dx = grad / sqrt(1 - x^2)."""

    name = "arcsin"
    broadcasts = True
    implements = (np.arcsin,)
    takes_complex = True
    cases = (Case(x=unit("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.arcsin(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return divide_no_nan(grad, _compute_cosine(x))


class Arccos(Operation):
    """The angle in [0, pi] whose cosine is x in [-1, 1]. d/dx = -grad / sqrt(1 - x^2)."""

    name = "arccos"
    broadcasts = True
    implements = (np.arccos,)
    takes_complex = True
    cases = (Case(x=unit("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.arccos(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return -divide_no_nan(grad, _compute_cosine(x))


def _compute_cosine(x: Any) -> Array:
    """Return sqrt(1 - x^2), on the branch cuts by the sign of the zero: +0 - -0 keeps it, and -0 + 0 not."""
    if x.dtype.kind == "c":
        return np.sqrt(-((x - 1) * (x - -1)))
    return np.sqrt((1 - x) * (1 + x))


class Arctan(Operation):
    """The angle in (-pi/2, pi/2) whose tangent is x. d/dx = grad / (1 + x^2)."""

    name = "arctan"
    broadcasts = True
    implements = (np.arctan,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.arctan(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        if x.dtype.kind == "c":
            return divide_no_nan(grad, 1 + x * x)
        r = np.hypot(1, x)  # x * x would overflow, in float32 from 2e19 on
        return grad / r / r


class Deg2rad(Operation):
    """x degrees in radians. d/dx = grad pi / 180."""

    name = "deg2rad"
    broadcasts = True
    implements = (np.deg2rad, np.radians)

    def forward(self, ctx: Context, x: Array) -> Array:
        return np.deg2rad(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad * float(np.pi / 180)


class Rad2deg(Operation):
    """x radians in degrees. d/dx = grad 180 / pi."""

    name = "rad2deg"
    broadcasts = True
    implements = (np.rad2deg, np.degrees)

    def forward(self, ctx: Context, x: Array) -> Array:
        return np.rad2deg(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad * float(180 / np.pi)


sin = Sin()
cos = Cos()
tan = Tan()
arcsin = Arcsin()
arccos = Arccos()
arctan = Arctan()
deg2rad = Deg2rad()
rad2deg = Rad2deg()
