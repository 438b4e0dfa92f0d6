"""`modf`, `frexp` and `ldexp`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, integers, nonzero, real


class Modf(Operation):
    """The fraction and the whole part of x, both with the sign of x.

    d/dx = grad of the fraction; the whole part is flat between its jumps.
    """

    name = "modf"
    broadcasts = True
    implements = (np.modf,)

    def forward(self, ctx: Context, x: Array) -> tuple[Array, ...]:
        return np.modf(x)

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        return grad.copy()


class Frexp(Operation):
    """The mantissa m in [0.5, 1) and the integer exponent e with x = m 2^e. d/dx = grad of m times 2^-e."""

    name = "frexp"
    broadcasts = True
    implements = (np.frexp,)
    cases = (Case(x=nonzero("...")),)

    def forward(self, ctx: Context, x: Array) -> tuple[Array, ...]:
        mantissa, exponent = np.frexp(x)
        ctx.save(exponent)
        return mantissa, exponent

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        return np.ldexp(grad, -ctx.saved[0])


class Ldexp(Operation):
    """x 2^e, with integers e. d/dx = grad 2^e; e has no gradient."""

    name = "ldexp"
    broadcasts = True
    implements = (np.ldexp,)
    cases = (Case(x=real("..."), e=integers(-3, 4, "...")),)

    def forward(self, ctx: Context, x: Array, e: Array) -> Array:
        ctx.save(e)
        return np.ldexp(x, e)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, None]:
        (e,) = ctx.saved
        return np.ldexp(grad, e), None


modf = Modf()
frexp = Frexp()
ldexp = Ldexp()
