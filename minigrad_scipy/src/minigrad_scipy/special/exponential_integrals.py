"""The exponential integrals. DLMF 6.2."""

from __future__ import annotations

import numpy as np
from scipy import special

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, positive


class Exp1(Operation):
    """The integral of exp(-t) / t from x to infinity, for x > 0. d/dx = -grad exp(-x) / x."""

    name = "exp1"
    broadcasts = True
    implements = (special.exp1,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.exp1(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return -grad * (np.exp(-x) / x)


class Expi(Operation):
    """The principal value of the integral of exp(t) / t from -infinity to x. d/dx = grad exp(x) / x."""

    name = "expi"
    broadcasts = True
    implements = (special.expi,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.expi(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * (np.exp(x) / x)


exp1, expi = Exp1(), Expi()
