"""ELU, SELU and CELU."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..kernels.precision import to_floating
from ..references import activations as plain
from .byte_cases import CASES
from .vectorized import expm1, negative_part, positive_part

# Klambauer et al. 2017, "Self-Normalizing Neural Networks", equation 14.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


def exponential_linear(x: Array, alpha: float, width: float = 1.0) -> Array:
    """Return x where positive, `alpha * (exp(x / width) - 1)` elsewhere; the exponential never sees a
    positive x.
    """
    left = negative_part(x) if width == 1 else negative_part(x) / width
    result = expm1(left)
    result *= alpha
    result += positive_part(x)
    return result


def exponential_slope(x: Array, alpha: float, width: float = 1.0) -> Array:
    """Return the derivative, at x = 0 that of the left half: alpha / width."""
    left = negative_part(x) if width == 1 else negative_part(x) / width
    result = np.exp(left)
    result *= alpha / width
    result *= x <= 0
    result += x > 0
    return result


class ELU(Operation):
    """`x` where positive, `alpha * (exp(x) - 1)` elsewhere. Clevert et al. 2016.

    x: any shape. d/dx = grad where x > 0, else grad * alpha * exp(x); at x = 0 the slope of the left, alpha.
    """

    name = "elu"
    reference = staticmethod(plain.elu)
    broadcasts = True
    cases = CASES

    def forward(self, ctx: Context, x: Array, *, alpha: float = 1.0) -> Array:
        x = to_floating(x)
        ctx.save(x, alpha)
        return exponential_linear(x, alpha)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, alpha = ctx.saved
        return grad * exponential_slope(x, alpha)


class CELU(Operation):
    """`x` where positive, `alpha * (exp(x / alpha) - 1)` elsewhere: an elu whose slope is continuous.
    Barron 2017.

    x: any shape. d/dx = grad where x > 0, else grad * exp(x / alpha).
    """

    name = "celu"
    reference = staticmethod(plain.celu)
    broadcasts = True
    cases = (*CASES, Case(x=real("..."), alpha=2.0))

    def forward(self, ctx: Context, x: Array, *, alpha: float = 1.0) -> Array:
        """Return the continuously differentiable exponential linear unit of x."""
        x = to_floating(x)
        ctx.save(x, alpha)
        return exponential_linear(x, alpha, alpha)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, alpha = ctx.saved
        return grad * exponential_slope(x, alpha, alpha)


class SELU(Operation):
    """`scale * elu(x, alpha)` with the constants that keep mean 0 and variance 1 through layers. Klambauer
    et al. 2017.

    x: any shape. d/dx = scale * grad where x > 0, else grad * scale * alpha * exp(x).
    """

    name = "selu"
    reference = staticmethod(plain.selu)
    broadcasts = True
    cases = CASES

    def forward(self, ctx: Context, x: Array) -> Array:
        x = to_floating(x)
        ctx.save(x)
        return SELU_SCALE * exponential_linear(x, SELU_ALPHA)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * (SELU_SCALE * exponential_slope(x, SELU_ALPHA))


elu = ELU()
celu = CELU()
selu = SELU()
