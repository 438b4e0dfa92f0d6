"""Elementwise operations, in the styles that their authors use."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, integers, positive, real, unit

if TYPE_CHECKING:
    from minigrad_core.array import Array


class Softsign(Operation):
    """x / (1 + |x|) for |x| < 100, any shape. d/dx = grad / (1 + |x|)**2."""

    name = "softsign"
    broadcasts = True
    cases = (Case(x=between(-100, 100)),)

    def forward(self, ctx: Context, x: Array) -> Array:
        scale = 1 + np.abs(x)
        ctx.save(scale)
        return x / scale

    def backward(self, ctx: Context, grad: Array) -> Array:
        (scale,) = ctx.saved
        return grad / scale**2


class Arctanh(Operation):
    """arctanh(x) for |x| < 1, any shape. d/dx = grad / (1 - x**2)."""

    name = "arctanh"
    broadcasts = True
    cases = (Case(x=unit()),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.arctanh(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / ((1 - x) * (1 + x))


class Rsqrt(Operation):
    """1 / sqrt(x) for x > 0, any shape. d/dx = -grad * y / (2 x)."""

    name = "rsqrt"
    broadcasts = True
    cases = (Case(x=positive()),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = 1 / np.sqrt(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return -0.5 * grad * y / x


class Polynomial(Operation):
    """2 x**3 - x + 5 for |x| < 10, any shape, by Horner's rule. d/dx = grad * (6 x**2 - 1)."""

    name = "polynomial"
    broadcasts = True
    cases = (Case(x=between(-10, 10)),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return (2 * x * x - 1) * x + 5

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (6 * x * x - 1)


class WeightedAdd(Operation):
    """x + weight * y for a whole number weight, broadcast; no gradient for the weight.

    d/dx = grad, d/dy = weight grad.
    """

    name = "weighted_add"
    broadcasts = True
    cases = (Case(x=real(), y=real(), weight=integers(1, 5, "...")),)

    def forward(self, ctx: Context, x: Any, y: Any, weight: Any) -> Any:
        weight = weight.astype(y.dtype)
        ctx.save(weight)
        return x + weight * y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (weight,) = ctx.saved
        return grad.copy(), weight * grad, None


class LogCosh(Operation):
    """log(cosh(x)) without overflow, any shape. d/dx = grad * tanh(x)."""

    name = "log_cosh"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.logaddexp(x, -x) - np.log(2.0).item()

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.tanh(x)


class PseudoHuber(Operation):
    """sqrt(1 + x**2) - 1, any shape. d/dx = grad * x / sqrt(1 + x**2)."""

    name = "pseudo_huber"
    cases = (Case(x=real()),)

    def forward(self, ctx: Context, x: Any) -> Any:
        r = np.hypot(1.0, x)  # takes no complex numbers, and the difference cancels near 0
        ctx.save(x, r)
        return r - 1

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, r = ctx.saved
        return grad * x / r


class Erf(Operation):
    """The integral of 2 / sqrt(pi) exp(-t**2) up to x, any shape. d/dx = 2 grad / sqrt(pi) exp(-x**2)."""

    name = "erf"
    broadcasts = True
    once_differentiable = "math.erf is not recorded"

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.vectorize(math.erf, otypes=[x.dtype])(x)  # in float64, whatever the dtype

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return (grad * (2 / math.sqrt(math.pi)) * np.exp(-x * x)).astype(grad.dtype)


OPERATIONS = tuple(
    op() for op in (Softsign, Arctanh, Rsqrt, Polynomial, WeightedAdd, LogCosh, PseudoHuber, Erf)
)
