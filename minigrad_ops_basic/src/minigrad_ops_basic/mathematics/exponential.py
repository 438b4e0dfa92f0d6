"""Exponentials, logarithms and roots."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between, nonzero, positive

from ..nan_safe import divide_no_nan, divide_or_zero


class Exp(Operation):
    """e^x. d/dx = grad e^x."""

    name = "exp"
    broadcasts = True
    implements = (np.exp,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        y = np.exp(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        (y,) = ctx.saved
        return grad * y


class Exp2(Operation):
    """2^x. d/dx = grad 2^x log 2."""

    name = "exp2"
    broadcasts = True
    implements = (np.exp2,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        y = np.exp2(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        (y,) = ctx.saved
        return grad * (y * float(np.log(2)))


class Expm1(Operation):
    """e^x - 1, exact for small x. d/dx = grad e^x."""

    name = "expm1"
    broadcasts = True
    implements = (np.expm1,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.expm1(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * np.exp(x)


class Log(Operation):
    """The natural logarithm. d/dx = grad / x."""

    name = "log"
    broadcasts = True
    implements = (np.log,)
    takes_complex = True
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.log(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return divide_no_nan(grad, x)


class Log2(Operation):
    """The logarithm to base 2. d/dx = grad / (x log 2)."""

    name = "log2"
    broadcasts = True
    implements = (np.log2,)
    takes_complex = True
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.log2(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return divide_no_nan(grad, x * float(np.log(2)))


class Log10(Operation):
    """The logarithm to base 10. d/dx = grad / (x log 10)."""

    name = "log10"
    broadcasts = True
    implements = (np.log10,)
    takes_complex = True
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.log10(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return divide_no_nan(grad, x * float(np.log(10)))


class Log1p(Operation):
    """log(1 + x), exact for small x. d/dx = grad / (1 + x)."""

    name = "log1p"
    broadcasts = True
    implements = (np.log1p,)
    takes_complex = True
    cases = (Case(x=between(-1, 10, "...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.log1p(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return divide_no_nan(grad, 1 + x)


class Sqrt(Operation):
    """The square root. d/dx = grad / (2 sqrt x), and 0 at x = 0 (the convention of this library)."""

    name = "sqrt"
    broadcasts = True
    implements = (np.sqrt,)
    takes_complex = True
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = np.sqrt(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        (y,) = ctx.saved
        return divide_or_zero(grad, 2 * y)


class Cbrt(Operation):
    """The cube root. d/dx = grad / (3 cbrt(x)^2), and 0 at x = 0 (the convention of this library)."""

    name = "cbrt"
    broadcasts = True
    implements = (np.cbrt,)
    cases = (Case(x=nonzero("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = np.cbrt(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        (y,) = ctx.saved
        return divide_or_zero(grad, 3 * y**2)


exp = Exp()
exp2 = Exp2()
expm1 = Expm1()
log = Log()
log2 = Log2()
log10 = Log10()
log1p = Log1p()
sqrt = Sqrt()
cbrt = Cbrt()
