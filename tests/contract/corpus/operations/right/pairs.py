"""Right operations of two or more inputs, value by value."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, nonzero, real


class SafeDistance(Operation):
    """sqrt(x^2 + y^2), broadcasting, with gradient 0 at the origin. d/dx = grad x / r, d/dy = grad y / r."""

    name = "safe_distance"
    broadcasts = True

    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        r = np.hypot(x, y)
        ctx.save(x, y, r)
        return r

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y, r = ctx.saved
        safe = np.where(r == 0, 1 + 0 * r, r)
        return grad * (x / safe), grad * (y / safe)


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
