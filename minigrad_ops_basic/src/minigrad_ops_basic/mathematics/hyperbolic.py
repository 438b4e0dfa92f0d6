"""Hyperbolic functions and their inverses."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array
from minigrad_core.cases import Case, between, unit

from ..elementwise import InputElementwise, OutputElementwise
from ..nan_safe import divide_no_nan


@InputElementwise.define(np.sinh, takes_complex=True)
def sinh(grad: Array, x: Array) -> Array:
    """(e^x - e^-x) / 2. d/dx = grad cosh x."""
    return grad * np.cosh(x)


@InputElementwise.define(np.cosh, takes_complex=True)
def cosh(grad: Array, x: Array) -> Array:
    """(e^x + e^-x) / 2. d/dx = grad sinh x."""
    return grad * np.sinh(x)


@OutputElementwise.define(np.tanh, takes_complex=True)
def tanh(grad: Array, y: Array) -> Array:
    """The hyperbolic tangent, in [-1, 1] for any x. d/dx = grad (1 - tanh^2 x)."""
    return grad * (1 - y * y)


@InputElementwise.define(np.arcsinh, takes_complex=True)
def arcsinh(grad: Array, x: Array) -> Array:
    """The inverse of sinh. d/dx = grad / sqrt(1 + x^2)."""
    if x.dtype.kind == "c":
        return grad / np.sqrt(x * x - -1)  # on the branch cuts -0 counts, and 1 + -0 would lose it
    return grad / np.hypot(1, x)  # x * x would overflow, in float32 from 2e19 on


@InputElementwise.define(np.arccosh, Case(x=between(1, 10, "...")), takes_complex=True)
def arccosh(grad: Array, x: Array) -> Array:
    """The inverse of cosh, for x >= 1. d/dx = grad / sqrt(x^2 - 1)."""
    # On the branch cut of complex values -0 counts, and x + 1 would lose it.
    return divide_no_nan(grad, np.sqrt(x - 1) * np.sqrt(x - -1))


@InputElementwise.define(np.arctanh, Case(x=unit("...")), takes_complex=True)
def arctanh(grad: Array, x: Array) -> Array:
    """The inverse of tanh, for x in (-1, 1). d/dx = grad / (1 - x^2)."""
    return divide_no_nan(grad, (1 - x) * (1 + x))
