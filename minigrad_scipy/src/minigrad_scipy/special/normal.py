"""The normal distribution function and its logarithm."""

from __future__ import annotations

from math import pi

import numpy as np
from scipy import special

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between


class Ndtr(Operation):
    """The probability of a standard normal value below x. d/dx = grad exp(-x^2 / 2) / sqrt(2 pi)."""

    name = "ndtr"
    broadcasts = True
    implements = (special.ndtr,)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.ndtr(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * (np.exp(-x * x / 2) / (2 * pi) ** 0.5)


class LogNdtr(Operation):
    """log(ndtr(x)), exact where ndtr vanishes. d/dx = grad exp(-x^2 / 2) / (sqrt(2 pi) ndtr(x)).

    Far to the left this quotient would be 0 / 0. There it is computed as sqrt(2 / pi) / erfcx(-x / sqrt(2)),
    which is the same, since ndtr(x) = erfc(-x / sqrt(2)) / 2.
    """

    name = "log_ndtr"
    broadcasts = True
    implements = (special.log_ndtr,)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.log_ndtr(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y = ctx.saved
        left = (2 / pi) ** 0.5 / special.erfcx(-np.minimum(x, 0) / 2**0.5)
        right = np.exp(-x * x / 2 - y) / (2 * pi) ** 0.5
        return grad * np.where(x < 0, left, right)


class Ndtri(Operation):
    """The inverse of ndtr on (0, 1). d/dx = grad sqrt(2 pi) exp(y^2 / 2), for the result y."""

    name = "ndtri"
    broadcasts = True
    implements = (special.ndtri,)
    cases = (Case(x=between(0.05, 0.95, "...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.ndtri(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        (y,) = ctx.saved
        return grad * (np.exp(y * y / 2) * (2 * pi) ** 0.5)


ndtr, log_ndtr, ndtri = Ndtr(), LogNdtr(), Ndtri()
