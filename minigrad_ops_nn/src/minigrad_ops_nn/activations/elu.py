"""ELU, SELU and CELU."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from ..kernels.precision import to_floating
from ..references import activations as plain
from .elementwise import expm1, negative_part, positive_part
from .pointwise import WITH_NEGATIVE_BYTES, Pointwise

# Klambauer et al. 2017, "Self-Normalizing Neural Networks", equation 14.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


def exponential_linear(x: Array, alpha: float, width: float = 1.0) -> Array:
    """Return x where it is positive, else `alpha * (exp(x / width) - 1)`.

    The exponential is not taken of a positive x, so it cannot overflow.
    """
    left = negative_part(x) if width == 1 else negative_part(x) / width
    result = expm1(left)
    result *= alpha
    result += positive_part(x)
    return result


def exponential_slope(x: Array, alpha: float, width: float = 1.0) -> Array:
    """Return the derivative of `exponential_linear`; at x = 0 the left derivative, alpha / width."""
    left = negative_part(x) if width == 1 else negative_part(x) / width
    result = np.exp(left)
    result *= alpha / width
    result *= x <= 0
    result += x > 0
    return result


class ELU(Pointwise):
    """`x` where x > 0, else `alpha * (exp(x) - 1)`. Clevert et al. 2016.

    x: any shape. d/dx = grad where x > 0, else grad * alpha * exp(x); at x = 0 the left derivative, alpha.
    """

    name = "elu"
    reference = staticmethod(plain.elu)
    cases = WITH_NEGATIVE_BYTES
    derivative = staticmethod(exponential_slope)

    def forward(self, ctx: Context, x: Array, *, alpha: float = 1.0) -> Array:
        x = to_floating(x)
        ctx.save(x, alpha)
        return exponential_linear(x, alpha)


class CELU(Pointwise):
    """`x` where x > 0, else `alpha * (exp(x / alpha) - 1)`: an elu with a continuous derivative. Barron 2017.

    x: any shape. d/dx = grad where x > 0, else grad * exp(x / alpha).

    Raises
    ------
    ArgumentError
        alpha is 0.
    """

    name = "celu"
    reference = staticmethod(plain.celu)
    cases = (*WITH_NEGATIVE_BYTES, Case(x=real("..."), alpha=2.0))
    derivative = staticmethod(exponential_slope)

    def forward(self, ctx: Context, x: Array, *, alpha: float = 1.0) -> Array:
        if not alpha:
            raise ArgumentError("celu expected an alpha other than 0")
        x = to_floating(x)
        ctx.save(x, alpha, alpha)
        return exponential_linear(x, alpha, alpha)


class SELU(Pointwise):
    """`scale * elu(x, alpha)`, whose constants keep mean 0 and variance 1 from layer to layer.

    Klambauer et al. 2017. x: any shape. d/dx = scale * grad where x > 0, else grad * scale * alpha * exp(x).
    """

    name = "selu"
    reference = staticmethod(plain.selu)
    cases = WITH_NEGATIVE_BYTES

    def forward(self, ctx: Context, x: Array) -> Array:
        x = to_floating(x)
        ctx.save(x)
        return SELU_SCALE * exponential_linear(x, SELU_ALPHA)

    @staticmethod
    def derivative(x: Array) -> Array:
        return SELU_SCALE * exponential_slope(x, SELU_ALPHA)


elu = ELU()
celu = CELU()
selu = SELU()
