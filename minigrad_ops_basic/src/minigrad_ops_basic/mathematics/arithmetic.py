"""`add`, `subtract`, `multiply`, `divide`, `negative`, `positive` and `reciprocal`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, nonzero, real

from ..nan_safe import divide_no_nan, multiply_no_nan


class Add(Operation):
    """`x + y`. d/dx = grad; d/dy = grad."""

    name = "add"
    broadcasts = True
    implements = (np.add,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        return x + y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Return the gradient for both, in memory of their own."""
        return grad.copy() if ctx.needs[0] else None, grad.copy() if ctx.needs[1] else None


class Subtract(Operation):
    """`x - y`. d/dx = grad; d/dy = -grad."""

    name = "subtract"
    broadcasts = True
    implements = (np.subtract,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        return x - y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Pass the gradient on, negated for `y`."""
        return grad.copy() if ctx.needs[0] else None, -grad if ctx.needs[1] else None


class Multiply(Operation):
    """`x y`. d/dx = grad y; d/dy = grad x."""

    name = "multiply"
    broadcasts = True
    implements = (np.multiply,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return x * y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        for_x, for_y = ctx.needs
        return grad * y if for_x else None, grad * x if for_y else None


class Divide(Operation):
    """`x / y`. d/dx = grad / y; d/dy = -grad x / y^2."""

    name = "divide"
    broadcasts = True
    implements = (np.divide, np.true_divide)
    takes_complex = True
    cases = (Case(x=real("..."), y=nonzero("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return x / y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        for_x = divide_no_nan(grad, y) if ctx.needs[0] else None
        if not ctx.needs[1]:
            return for_x, None
        with np.errstate(divide="ignore", invalid="ignore"):
            return for_x, multiply_no_nan(grad, slope=-(x / y) / y)


class Negative(Operation):
    """`-x`. d/dx = -grad."""

    name = "negative"
    broadcasts = True
    implements = (np.negative,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        return -x

    def backward(self, ctx: Context, grad: Array) -> Array:
        return -grad


class Positive(Operation):
    """`+x`, a copy. d/dx = grad."""

    name = "positive"
    broadcasts = True
    implements = (np.positive,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        return +x

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad.copy()


class Reciprocal(Operation):
    """`1 / x`. d/dx = -grad / x^2."""

    name = "reciprocal"
    broadcasts = True
    implements = (np.reciprocal,)
    takes_complex = True
    cases = (Case(x=nonzero("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = np.reciprocal(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient times minus the square of the output."""
        (y,) = ctx.saved
        return multiply_no_nan(grad, slope=-y * y)


add = Add()
subtract = Subtract()
multiply = Multiply()
divide = Divide()
negative = Negative()
positive = Positive()
reciprocal = Reciprocal()
