"""Sums, differences, products, quotients, squares and remainders."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, nonzero, real

from ..elementwise import BinaryElementwise, InputElementwise, LinearElementwise, OutputElementwise
from ..function import NumpyFunction
from ..nan_safe import divide_no_nan, multiply_no_nan
from ..non_differentiable import BinaryUfunc


class Add(NumpyFunction):
    """`x + y`. d/dx = grad; d/dy = grad."""

    broadcasts = True
    takes_complex = True

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        return x + y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        return grad.copy() if ctx.needs[0] else None, grad.copy() if ctx.needs[1] else None


class Subtract(NumpyFunction):
    """`x - y`. d/dx = grad; d/dy = -grad."""

    broadcasts = True
    takes_complex = True

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        return x - y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        return grad.copy() if ctx.needs[0] else None, -grad if ctx.needs[1] else None


class Multiply(NumpyFunction):
    """`x y`. d/dx = grad y; d/dy = grad x."""

    broadcasts = True
    takes_complex = True

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return x * y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        needs_x, needs_y = ctx.needs
        return grad * y if needs_x else None, grad * x if needs_y else None


class Divide(NumpyFunction):
    """`x / y`. d/dx = grad / y; d/dy = -grad x / y^2."""

    broadcasts = True
    takes_complex = True
    cases = (Case(x=real("..."), y=nonzero("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return x / y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        grad_x = divide_no_nan(grad, y) if ctx.needs[0] else None
        if not ctx.needs[1]:
            return grad_x, None
        with np.errstate(divide="ignore", invalid="ignore"):
            return grad_x, multiply_no_nan(grad, slope=-(x / y) / y)


@LinearElementwise.define(np.negative, takes_complex=True)
def negative(grad: Array) -> Array:
    """`-x`. d/dx = -grad."""
    return -grad


@LinearElementwise.define(np.positive, takes_complex=True)
def positive(grad: Array) -> Array:
    """`+x`, a copy. d/dx = grad."""
    return grad.copy()


@OutputElementwise.define(np.reciprocal, Case(x=nonzero("...")), takes_complex=True)
def reciprocal(grad: Array, y: Array) -> Array:
    """`1 / x`. d/dx = -grad / x^2."""
    return multiply_no_nan(grad, slope=-y * y)


@InputElementwise.define(np.square, takes_complex=True)
def square(grad: Array, x: Array) -> Array:
    """`x^2`. d/dx = 2 grad x."""
    return grad * (2 * x)


add = Add(np.add)
subtract = Subtract(np.subtract)
multiply = Multiply(np.multiply)
divide = Divide(np.divide, np.true_divide)


_CASE = Case(x=real("..."), y=nonzero("..."))


@BinaryElementwise.define(np.remainder, _CASE)
def remainder(grad: Array, x: Array, y: Array, needs: tuple[bool, ...]) -> tuple[Array | None, Array | None]:
    """`x mod y`, with the sign of `y`.

    d/dx = grad; d/dy = -grad floor(x / y). At the jumps: the slope on the right.
    """
    return grad.copy(), -grad * np.floor_divide(x, y) if needs[1] else None


@BinaryElementwise.define(np.fmod, _CASE)
def fmod(grad: Array, x: Array, y: Array, needs: tuple[bool, ...]) -> tuple[Array | None, Array | None]:
    """The remainder with the sign of `x`. d/dx = grad; d/dy = -grad trunc(x / y)."""
    return grad.copy(), -grad * np.trunc(x / y) if needs[1] else None


class DivMod(NumpyFunction):
    """The quotient `floor(x / y)` and the remainder `x mod y`.

    d/dx = grad of the remainder; d/dy = -floor(x / y) times that grad. The quotient is flat.
    """

    broadcasts = True
    cases = (_CASE,)

    def forward(self, ctx: Context, x: Array, y: Array) -> tuple[Array, ...]:
        quotient, rest = np.divmod(x, y)
        ctx.save(quotient)
        return quotient, rest

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array | None, Array | None]:
        (quotient,) = ctx.saved
        (grad_rest,) = grads
        return grad_rest.copy(), -grad_rest * quotient if ctx.needs[1] else None


floor_divide = BinaryUfunc(
    np.floor_divide,
    "`floor(x / y)`, without a gradient: flat between its jumps.",
    _CASE,
)
divmod = DivMod(np.divmod)  # noqa: A001 - NumPy's name
