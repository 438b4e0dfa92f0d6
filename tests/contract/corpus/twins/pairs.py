"""Correct elementwise operations of two inputs, which broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, boolean, nonzero, real


class Add(Operation):
    """x + y, broadcast. d/dx = d/dy = grad, each its own copy."""

    name = "add"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        return x + y

    def backward(self, ctx: Context, grad: Any) -> Any:
        return (grad * 1 if ctx.needs[0] else None, grad * 1 if ctx.needs[1] else None)


class Subtract(Operation):
    """x - y, broadcast. d/dx = grad, d/dy = -grad."""

    name = "subtract"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        return x - y

    def backward(self, ctx: Context, grad: Any) -> Any:
        return (grad * 1 if ctx.needs[0] else None, -grad if ctx.needs[1] else None)


class Multiply(Operation):
    """x * y, broadcast. d/dx = grad * y, d/dy = grad * x."""

    name = "multiply"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return x * y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (grad * y if ctx.needs[0] else None, grad * x if ctx.needs[1] else None)


class Divide(Operation):
    """x / y for y != 0, broadcast. d/dx = grad / y, d/dy = -grad * x / y**2."""

    name = "divide"
    broadcasts = True
    cases = (Case(x=real("..."), y=nonzero("...")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return x / y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (grad / y if ctx.needs[0] else None, -grad * (x / y) / y if ctx.needs[1] else None)


class Power(Operation):
    """x ** y for x in [0.5, 4] and y in [-3, 3], broadcast.

    d/dx = grad * y * x**(y - 1), d/dy = grad * log(x) * x**y.
    """

    name = "power"
    broadcasts = True
    cases = (Case(x=between(0.5, 4, "..."), y=between(-3, 3, "...")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return x**y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (
            grad * y * x ** (y - 1) if ctx.needs[0] else None,
            grad * np.log(x) * x**y if ctx.needs[1] else None,
        )


class Maximum(Operation):
    """The larger of x and y, broadcast. The larger gets grad, at a tie each half of it."""

    name = "maximum"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return np.maximum(x, y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        half = np.where(x == y, 0.5 * grad, 0.0)
        return (
            np.where(x > y, grad, half) if ctx.needs[0] else None,
            np.where(y > x, grad, half) if ctx.needs[1] else None,
        )


class Hypot(Operation):
    """sqrt(x**2 + y**2) without overflow, broadcast.

    d/dx = grad * x / h, d/dy = grad * y / h, 0 at (0, 0).
    """

    name = "hypot"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        h = np.hypot(x, y)
        ctx.save(x, y, h)
        return h

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, h = ctx.saved
        h = np.where(h == 0, 1.0, h)
        return (grad * (x / h) if ctx.needs[0] else None, grad * (y / h) if ctx.needs[1] else None)


class Lerp(Operation):
    """a + t * (b - a), broadcast. d/da = grad * (1 - t), d/db = grad * t, d/dt = grad * (b - a)."""

    name = "lerp"
    broadcasts = True

    def forward(self, ctx: Context, a: Any, b: Any, t: Any) -> Any:
        ctx.save(a, b, t)
        return a + t * (b - a)

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b, t = ctx.saved
        return (
            grad * (1 - t) if ctx.needs[0] else None,
            grad * t if ctx.needs[1] else None,
            grad * (b - a) if ctx.needs[2] else None,
        )


class Select(Operation):
    """x where mask, else y; broadcast. d/dx = grad where mask, d/dy = grad elsewhere; none for the mask."""

    name = "select"
    broadcasts = True
    cases = (Case(mask=boolean("..."), x=real("..."), y=real("...")),)

    def forward(self, ctx: Context, mask: Any, x: Any, y: Any) -> Any:
        ctx.save(mask)
        return np.where(mask, x, y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (mask,) = ctx.saved
        return (
            None,
            np.where(mask, grad, 0.0) if ctx.needs[1] else None,
            np.where(mask, 0.0, grad) if ctx.needs[2] else None,
        )


class SineCosine(Operation):
    """(sin(x), cos(x)), any shape. d/dx = grad_sin * cos(x) - grad_cos * sin(x)."""

    name = "sine_cosine"
    broadcasts = True
    cases = (Case(x=between(-20, 20, "...")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.sin(x), np.cos(x)

    def backward(self, ctx: Context, grad: Any, grad_cos: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.cos(x) - grad_cos * np.sin(x)
