"""Right elementwise operations."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, nonzero, positive, real


class Tanh(Operation):
    """tanh(x), any shape. d/dx = grad * (1 - y * y)."""

    name = "tanh"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.tanh(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * (1 - y * y)


class Square(Operation):
    """x * x, any shape. d/dx = grad * 2 x."""

    name = "square"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return x * x

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (2 * x)


class Exp(Operation):
    """exp(x), any shape. d/dx = grad * y."""

    name = "exp"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.exp(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * y


class Sin(Operation):
    """sin(x), any shape. d/dx = grad * cos(x)."""

    name = "sin"
    broadcasts = True
    cases = (Case(x=between(-20, 20, "...")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.sin(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.cos(x)


class Log(Operation):
    """log(x) for x > 0, any shape. d/dx = grad / x."""

    name = "log"
    broadcasts = True
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / x


class Log1p(Operation):
    """log(1 + x) for x > 0, exact for tiny x; any shape. d/dx = grad / (1 + x)."""

    name = "log1p"
    broadcasts = True
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log1p(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / (1 + x)


class Expm1(Operation):
    """exp(x) - 1, exact for tiny x; any shape. d/dx = grad * exp(x)."""

    name = "expm1"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.expm1(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.exp(x)


class Sqrt(Operation):
    """sqrt(x) for x > 0, any shape. d/dx = grad / (2 y)."""

    name = "sqrt"
    broadcasts = True
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.sqrt(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad / (2 * y)


class Reciprocal(Operation):
    """1 / x for x != 0, any shape. d/dx = -grad * y * y."""

    name = "reciprocal"
    broadcasts = True
    cases = (Case(x=nonzero("...")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = 1 / x
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return -grad * y * y


class Sigmoid(Operation):
    """1 / (1 + exp(-x)), any shape, without overflow. d/dx = grad * y * (1 - y)."""

    name = "sigmoid"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.exp(-np.logaddexp(0, -x))
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * y * (1 - y)


class Softplus(Operation):
    """log(1 + exp(x)), any shape, without overflow. d/dx = grad * sigmoid(x)."""

    name = "softplus"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.logaddexp(0, x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.exp(-np.logaddexp(0, -x))


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
