"""`modf`, `frexp` and `ldexp`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, integers, nonzero, real

from ..function import NumpyFunction


class Modf(NumpyFunction):
    """The fraction and the whole part of x, both with the sign of x.

    d/dx = grad of the fraction; the whole part is flat between its jumps.
    """

    broadcasts = True

    def forward(self, ctx: Context, x: Array) -> tuple[Array, ...]:
        return np.modf(x)

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        return grad.copy()


class Frexp(NumpyFunction):
    """The mantissa m in [0.5, 1) and the integer exponent e with x = m 2^e. d/dx = grad of m times 2^-e."""

    broadcasts = True
    cases = (Case(x=nonzero("...")),)

    def forward(self, ctx: Context, x: Array) -> tuple[Array, ...]:
        mantissa, exponent = np.frexp(x)
        ctx.save(exponent)
        return mantissa, exponent

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        return np.ldexp(grad, -ctx.saved[0])


class Ldexp(NumpyFunction):
    """x 2^e, with integers e. d/dx = grad 2^e; e has no gradient."""

    broadcasts = True
    cases = (Case(x=real("..."), e=integers(-3, 4, "...")),)

    def forward(self, ctx: Context, x: Array, e: Array) -> Array:
        ctx.save(e)
        return np.ldexp(x, e)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, None]:
        (e,) = ctx.saved
        return np.ldexp(grad, e), None


modf = Modf(np.modf)
frexp = Frexp(np.frexp)
ldexp = Ldexp(np.ldexp)
