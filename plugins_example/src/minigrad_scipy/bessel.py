"""Bessel functions of the first kind, J, and modified, I, plain and scaled by exp(-|x|). DLMF 10.6 and 10.29.

Those of any order, `iv`, `ive` and `jv`, are here since a derivative is made of the neighbouring orders. They
have no closed derivative in the order, which therefore is a setting. SciPy takes the order first, so the kit
cannot call SciPy's function in their place; they name an integral over half a circle as a reference.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real


class I0(Operation):
    """I_0(x). d/dx = grad I_1(x)."""

    name = "i0"
    broadcasts = True
    implements = (special.i0,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the values."""
        ctx.save(x)
        return special.i0(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        (x,) = ctx.saved
        return grad * special.i1(x)


class I1(Operation):
    """I_1(x). d/dx = grad (I_0(x) + I_2(x)) / 2."""

    name = "i1"
    broadcasts = True
    implements = (special.i1,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the values."""
        ctx.save(x)
        return special.i1(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        (x,) = ctx.saved
        return grad * ((special.i0(x) + special.iv(2, x)) / 2)


class I0e(Operation):
    """exp(-|x|) I_0(x). d/dx = grad (i1e(x) - sign(x) i0e(x)); 0 at the kink at 0."""

    name = "i0e"
    broadcasts = True
    implements = (special.i0e,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the values."""
        y = special.i0e(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        x, y = ctx.saved
        return grad * (special.i1e(x) - np.sign(x) * y)


class I1e(Operation):
    """exp(-|x|) I_1(x). d/dx = grad ((i0e(x) + ive(2, x)) / 2 - sign(x) i1e(x))."""

    name = "i1e"
    broadcasts = True
    implements = (special.i1e,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the values."""
        y = special.i1e(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        x, y = ctx.saved
        return grad * ((special.i0e(x) + special.ive(2, x)) / 2 - np.sign(x) * y)


class J0(Operation):
    """J_0(x). d/dx = -grad J_1(x)."""

    name = "j0"
    broadcasts = True
    implements = (special.j0,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the values."""
        ctx.save(x)
        return special.j0(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        (x,) = ctx.saved
        return -grad * special.j1(x)


class J1(Operation):
    """J_1(x). d/dx = grad (J_0(x) - J_2(x)) / 2."""

    name = "j1"
    broadcasts = True
    implements = (special.j1,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the values."""
        ctx.save(x)
        return special.j1(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        (x,) = ctx.saved
        return grad * ((special.j0(x) - special.jv(2, x)) / 2)


ANGLES = (np.arange(4000) + 0.5) * (np.pi / 4000)  # means over them are exact to rounding for |x| < 7,000


def mean_of_waves(x: Array, *, v: int) -> Array:
    """Return J_v(x) as the mean of cos(v t - x sin t) over half a circle: DLMF 10.9.2."""
    return np.cos(v * ANGLES - x[..., None] * np.sin(ANGLES)).mean(axis=-1)


def mean_of_exponentials(x: Array, *, v: int) -> Array:
    """Return I_v(x) as the mean of exp(x cos t) cos(v t) over half a circle: DLMF 10.32.3."""
    return (np.exp(x[..., None] * np.cos(ANGLES)) * np.cos(v * ANGLES)).mean(axis=-1)


def mean_of_scaled_exponentials(x: Array, *, v: int) -> Array:
    """Return exp(-|x|) I_v(x) as a mean over half a circle, without large numbers in between."""
    x = x[..., None]
    return (np.exp(x * np.cos(ANGLES) - np.abs(x)) * np.cos(v * ANGLES)).mean(axis=-1)


def order_and_input(v: int, z: Array) -> tuple[tuple[Array], dict[str, Any]]:
    """Turn SciPy's arguments, special.iv(v, z), into inputs and settings."""
    return (z,), {"v": v}


class Iv(Operation):
    """I_v(x), for an integer v. d/dx = grad (I_{v-1}(x) + I_{v+1}(x)) / 2."""

    name = "iv"
    broadcasts = True
    implements = (special.iv,)
    cases = (Case(x=real("..."), v=2), Case(x=real("..."), v=3))
    from_numpy = staticmethod(order_and_input)
    reference = staticmethod(mean_of_exponentials)

    def forward(self, ctx: Context, x: Array, *, v: int) -> Array:
        """Return the values."""
        ctx.save(x, v)
        return special.iv(v, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        x, v = ctx.saved
        return grad * ((special.iv(v - 1, x) + special.iv(v + 1, x)) / 2)


class Ive(Operation):
    """exp(-|x|) I_v(x), for an integer v. d/dx = grad ((ive(v-1, x) + ive(v+1, x)) / 2 - sign(x) y)."""

    name = "ive"
    broadcasts = True
    implements = (special.ive,)
    cases = (Case(x=real("..."), v=2), Case(x=real("..."), v=3))
    from_numpy = staticmethod(order_and_input)
    reference = staticmethod(mean_of_scaled_exponentials)

    def forward(self, ctx: Context, x: Array, *, v: int) -> Array:
        """Return the values."""
        y = special.ive(v, x)
        ctx.save(x, y, v)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        x, y, v = ctx.saved
        return grad * ((special.ive(v - 1, x) + special.ive(v + 1, x)) / 2 - np.sign(x) * y)


class Jv(Operation):
    """J_v(x), for an integer v. d/dx = grad (J_{v-1}(x) - J_{v+1}(x)) / 2."""

    name = "jv"
    broadcasts = True
    implements = (special.jv,)
    cases = (Case(x=real("..."), v=2), Case(x=real("..."), v=3))
    from_numpy = staticmethod(order_and_input)
    reference = staticmethod(mean_of_waves)

    def forward(self, ctx: Context, x: Array, *, v: int) -> Array:
        """Return the values."""
        ctx.save(x, v)
        return special.jv(v, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        x, v = ctx.saved
        return grad * ((special.jv(v - 1, x) - special.jv(v + 1, x)) / 2)


i0, i1, i0e, i1e = I0(), I1(), I0e(), I1e()
j0, j1 = J0(), J1()
iv, ive, jv = Iv(), Ive(), Jv()
