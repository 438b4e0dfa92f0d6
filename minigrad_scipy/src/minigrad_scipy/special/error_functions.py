"""The error function, its complements and its inverse. DLMF 7."""

from __future__ import annotations

from math import pi

import numpy as np
from scipy import special

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, unit

SLOPE = 2 / pi**0.5  # the derivative of erf at 0


class Erf(Operation):
    """2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. d/dx = grad 2 / sqrt(pi) exp(-x^2)."""

    name = "erf"
    broadcasts = True
    takes_complex = True
    implements = (special.erf,)  # special.erf(tensor) calls this operation

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.erf(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * (SLOPE * np.exp(-x * x))


class Erfc(Operation):
    """1 - erf(x), exact where the difference is small. d/dx = -grad 2 / sqrt(pi) exp(-x^2)."""

    name = "erfc"
    broadcasts = True
    takes_complex = True
    implements = (special.erfc,)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.erfc(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * (-SLOPE * np.exp(-x * x))


class Erfcx(Operation):
    """exp(x^2) erfc(x), which neither overflows nor vanishes. d/dx = grad (2 x erfcx(x) - 2 / sqrt(pi))."""

    name = "erfcx"
    broadcasts = True
    takes_complex = True
    implements = (special.erfcx,)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.erfcx(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y = ctx.saved
        return grad * (2 * x * y - SLOPE)


class Erfinv(Operation):
    """The inverse of erf on (-1, 1). d/dx = grad sqrt(pi) / 2 exp(y^2), for the result y."""

    name = "erfinv"
    broadcasts = True
    implements = (special.erfinv,)
    cases = (Case(x=unit("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.erfinv(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        (y,) = ctx.saved
        return grad * (np.exp(y * y) / SLOPE)


erf, erfc, erfcx, erfinv = Erf(), Erfc(), Erfcx(), Erfinv()
