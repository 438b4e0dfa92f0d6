"""The parts of complex and of real numbers; a real number is its own real part and conjugate.

A function that is not holomorphic has a gradient, too, since the loss L is real: the gradient of z = x + iy
is dL/dx - i dL/dy, so that dL = Re(gradient dz).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, nonzero
from minigrad_core.cases import real as any_real

from ..elementwise import LinearElementwise
from ..function import NumpyFunction
from ..nan_safe import divide_or_zero


class RealPart(NumpyFunction):
    """`real`, a view of the real part; `real_if_close`, that if the imaginary part is tiny. d/dx = grad."""

    broadcasts = True
    returns_view = True
    takes_complex = True
    cases = (Case(x=any_real("...")), Case(x=np.array([1.5 - 0.5j, -2.0 + 1.0j])))

    def forward(self, ctx: Context, x: Array) -> Array:
        part = self.function(x)
        return x[...] if part is x else part  # NumPy's real part of real numbers is the array itself

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad


@LinearElementwise.define(np.conjugate, takes_complex=True)
def conjugate(grad: Array) -> Array:
    """The complex conjugate. d/dx = conj(grad)."""
    return np.conjugate(grad)


class ImaginaryPart(NumpyFunction):
    """The imaginary part, zeros for real numbers. d/dx = -i grad, zero for real numbers."""

    returns_view = True
    takes_complex = True
    cases = (Case(x=any_real("n k")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x.dtype.kind == "c")
        part: Any = np.imag(x)
        return part

    def backward(self, ctx: Context, grad: Array) -> Array:
        (is_complex,) = ctx.saved
        return grad * -1j if is_complex else np.zeros_like(grad)


class Angle(NumpyFunction):
    """The angle in the complex plane, in radians (`deg`: degrees); 0 or pi for real numbers.

    d/dx = -i grad / x, 0 at x = 0.
    """

    takes_complex = True
    cases = (Case(x=nonzero("n k")), Case(x=nonzero("n k"), deg=True))

    def forward(self, ctx: Context, x: Array, *, deg: bool = False) -> Array:
        ctx.save(x, deg)
        return np.angle(x, deg)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, deg = ctx.saved
        return divide_or_zero(grad * (-180j / np.pi if deg else -1j), x)


real = RealPart(np.real)
real_if_close = RealPart(np.real_if_close)
imag = ImaginaryPart(np.imag)
angle = Angle(np.angle)
