"""Exponentials, logarithms and roots."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array
from minigrad_core.cases import Case, between, nonzero, positive

from ..elementwise import InputElementwise, OutputElementwise
from ..nan_safe import divide_no_nan, divide_or_zero

_POSITIVE = Case(x=positive("..."))


@OutputElementwise.define(np.exp, takes_complex=True)
def exp(grad: Array, y: Array) -> Array:
    """e^x. d/dx = grad e^x."""
    return grad * y


@OutputElementwise.define(np.exp2, takes_complex=True)
def exp2(grad: Array, y: Array) -> Array:
    """2^x. d/dx = grad 2^x log 2."""
    return grad * (y * float(np.log(2)))


@InputElementwise.define(np.expm1, takes_complex=True)
def expm1(grad: Array, x: Array) -> Array:
    """e^x - 1, exact for small x. d/dx = grad e^x."""
    return grad * np.exp(x)


@InputElementwise.define(np.log, _POSITIVE, takes_complex=True)
def log(grad: Array, x: Array) -> Array:
    """The natural logarithm. d/dx = grad / x."""
    return divide_no_nan(grad, x)


@InputElementwise.define(np.log2, _POSITIVE, takes_complex=True)
def log2(grad: Array, x: Array) -> Array:
    """The logarithm to base 2. d/dx = grad / (x log 2)."""
    return divide_no_nan(grad, x * float(np.log(2)))


@InputElementwise.define(np.log10, _POSITIVE, takes_complex=True)
def log10(grad: Array, x: Array) -> Array:
    """The logarithm to base 10. d/dx = grad / (x log 10)."""
    return divide_no_nan(grad, x * float(np.log(10)))


@InputElementwise.define(np.log1p, Case(x=between(-1, 10, "...")), takes_complex=True)
def log1p(grad: Array, x: Array) -> Array:
    """log(1 + x), exact for small x. d/dx = grad / (1 + x)."""
    return divide_no_nan(grad, 1 + x)


@OutputElementwise.define(np.sqrt, _POSITIVE, takes_complex=True)
def sqrt(grad: Array, y: Array) -> Array:
    """The square root. d/dx = grad / (2 sqrt x), and 0 at x = 0 (the convention of this library)."""
    return divide_or_zero(grad, 2 * y)


@OutputElementwise.define(np.cbrt, Case(x=nonzero("...")))
def cbrt(grad: Array, y: Array) -> Array:
    """The cube root. d/dx = grad / (3 cbrt(x)^2), and 0 at x = 0 (the convention of this library)."""
    return divide_or_zero(grad, 3 * y**2)
