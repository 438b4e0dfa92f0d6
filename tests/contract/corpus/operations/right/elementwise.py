"""Right elementwise operations of one input."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, nonzero, positive, real

unbound: Any = staticmethod  # of any type: a fault replaces a ufunc by a function


class OfInput(Operation):
    """value(x), with the slope as a function of x, which is saved."""

    broadcasts = True
    value: Any
    slope: Any

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return type(self).value(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * type(self).slope(x)


class OfOutput(OfInput):
    """value(x), with the slope as a function of the output, which is saved."""

    def forward(self, ctx: Context, x: Any) -> Any:
        y = type(self).value(x)
        ctx.save(y)
        return y


class Tanh(OfOutput):
    """tanh(x), any shape. d/dx = grad * (1 - y * y)."""

    name = "tanh"
    value, slope = unbound(np.tanh), unbound(lambda y: 1 - y * y)


class Square(OfInput):
    """x * x, any shape. d/dx = grad * 2 x."""

    name = "square"
    value, slope = unbound(lambda x: x * x), unbound(lambda x: 2 * x)


class Exp(OfOutput):
    """exp(x), any shape. d/dx = grad * y."""

    name = "exp"
    value, slope = unbound(np.exp), unbound(lambda y: y)


class Sin(OfInput):
    """sin(x), any shape. d/dx = grad * cos(x)."""

    name = "sin"
    cases = (Case(x=between(-20, 20, "...")),)
    value, slope = unbound(np.sin), unbound(np.cos)


class Cosh(OfInput):
    """cosh(x) for |x| < 5, any shape. d/dx = grad * sinh(x)."""

    name = "cosh"
    cases = (Case(x=between(-5, 5, "...")),)
    value, slope = unbound(np.cosh), unbound(np.sinh)


class TinyGuard(OfInput):
    """sinh(x) / 2, |x| < 5, any shape. d/dx = grad cosh(x) / 2."""

    name = "half_sinh"
    cases = (Case(x=between(-5, 5)),)
    value, slope = unbound(lambda x: np.sinh(x) / 2), unbound(lambda x: np.cosh(x) / 2)


class ArcSinh(OfInput):
    """asinh(x), any shape. d/dx = grad / sqrt(1 + x^2)."""

    name = "my_asinh"
    value, slope = unbound(np.arcsinh), unbound(lambda x: 1 / np.hypot(1, x))


class Log(OfInput):
    """log(x) for x > 0, any shape. d/dx = grad / x."""

    name = "log"
    cases = (Case(x=positive("...")),)
    value, slope = unbound(np.log), unbound(lambda x: 1 / x)


class Log1p(OfInput):
    """log(1 + x) for x > 0, exact for tiny x; any shape. d/dx = grad / (1 + x)."""

    name = "log1p"
    cases = (Case(x=positive("...")),)
    value, slope = unbound(np.log1p), unbound(lambda x: 1 / (1 + x))


class Expm1(OfInput):
    """exp(x) - 1, exact for tiny x; any shape. d/dx = grad * exp(x)."""

    name = "expm1"
    value, slope = unbound(np.expm1), unbound(np.exp)


class Sqrt(OfOutput):
    """sqrt(x) for x > 0, any shape. d/dx = grad / (2 y)."""

    name = "sqrt"
    cases = (Case(x=positive("...")),)
    value, slope = unbound(np.sqrt), unbound(lambda y: 1 / (2 * y))


class Reciprocal(OfOutput):
    """1 / x for x != 0, any shape. d/dx = -grad * y * y."""

    name = "reciprocal"
    cases = (Case(x=nonzero("...")),)
    value, slope = unbound(lambda x: 1 / x), unbound(lambda y: -y * y)


class Sigmoid(OfOutput):
    """1 / (1 + exp(-x)), any shape, without overflow. d/dx = grad * y * (1 - y)."""

    name = "sigmoid"
    value, slope = unbound(lambda x: np.exp(-np.logaddexp(0, -x))), unbound(lambda y: y * (1 - y))


class Softplus(OfInput):
    """log(1 + exp(x)), any shape, without overflow. d/dx = grad * sigmoid(x)."""

    name = "softplus"
    value, slope = (
        unbound(lambda x: np.logaddexp(0, x)),
        unbound(lambda x: np.exp(-np.logaddexp(0, -x))),
    )


class Scale(Operation):
    """factor * x, any shape. d/dx = factor * grad."""

    name = "scale"
    broadcasts = True
    cases = (Case(x=real("..."), factor=1.0), Case(x=real("..."), factor=2.5))

    def forward(self, ctx: Context, x: Any, *, factor: float) -> Any:
        ctx.save(factor)
        return x * factor

    def backward(self, ctx: Context, grad: Any) -> Any:
        (factor,) = ctx.saved
        return grad * factor


class IntegerPower(Operation):
    """x ** n for a whole n > 1 and |x| < 10, any shape. d/dx = grad * n * x**(n - 1)."""

    name = "integer_power"
    broadcasts = True
    cases = (Case(x=between(-10, 10, "..."), n=2), Case(x=between(-10, 10, "..."), n=3))

    def forward(self, ctx: Context, x: Any, *, n: int) -> Any:
        ctx.save(x, n)
        return x**n

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, n = ctx.saved
        return grad * n * x ** (n - 1)
