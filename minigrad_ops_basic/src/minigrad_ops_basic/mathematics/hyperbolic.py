"""Hyperbolic functions and their inverses."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between, unit

from ..nan_safe import divide_no_nan


class Sinh(Operation):
    """(e^x - e^-x) / 2. d/dx = grad cosh x."""

    name = "sinh"
    broadcasts = True
    implements = (np.sinh,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.sinh(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * np.cosh(x)


class Cosh(Operation):
    """(e^x + e^-x) / 2. d/dx = grad sinh x."""

    name = "cosh"
    broadcasts = True
    implements = (np.cosh,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.cosh(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * np.sinh(x)


class Tanh(Operation):
    """The hyperbolic tangent, in [-1, 1] for any x. d/dx = grad (1 - tanh^2 x)."""

    name = "tanh"
    broadcasts = True
    implements = (np.tanh,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        y = np.tanh(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        (y,) = ctx.saved
        return grad * (1 - y * y)


class Arcsinh(Operation):
    """The inverse of sinh. d/dx = grad / sqrt(1 + x^2)."""

    name = "arcsinh"
    broadcasts = True
    implements = (np.arcsinh,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.arcsinh(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        if x.dtype.kind == "c":
            return grad / np.sqrt(x * x - -1)  # on the branch cuts -0 counts, and 1 + -0 would lose it
        return grad / np.hypot(1, x)  # x * x would overflow, in float32 from 2e19 on


class Arccosh(Operation):
    """The inverse of cosh, for x >= 1. d/dx = grad / sqrt(x^2 - 1)."""

    name = "arccosh"
    broadcasts = True
    implements = (np.arccosh,)
    takes_complex = True
    cases = (Case(x=between(1, 10, "...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.arccosh(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        # Of complex values on the branch cut -0 counts, and x + 1 would lose it.
        return divide_no_nan(grad, np.sqrt(x - 1) * np.sqrt(x - -1))


class Arctanh(Operation):
    """The inverse of tanh, for x in (-1, 1). d/dx = grad / (1 - x^2)."""

    name = "arctanh"
    broadcasts = True
    implements = (np.arctanh,)
    takes_complex = True
    cases = (Case(x=unit("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.arctanh(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return divide_no_nan(grad, (1 - x) * (1 + x))


sinh = Sinh()
cosh = Cosh()
tanh = Tanh()
arcsinh = Arcsinh()
arccosh = Arccosh()
arctanh = Arctanh()
