"""Bessel functions of the first kind, J, and modified, I, plain and scaled by exp(-|x|). DLMF 10.6 and 10.29.

The derivative of a Bessel function needs the neighbouring orders, so the plugin also has the functions of any
order, `iv`, `ive` and `jv`. They have no closed derivative in the order, which is therefore a setting. SciPy
takes the order first, so the contract kit cannot call SciPy's function for comparison; the reference of these
operations is an integral over half a circle.
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
        ctx.save(x)
        return special.i0(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * special.i1(x)


class I1(Operation):
    """I_1(x). d/dx = grad (I_0(x) + I_2(x)) / 2."""

    name = "i1"
    broadcasts = True
    implements = (special.i1,)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.i1(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * ((special.i0(x) + special.iv(2, x)) / 2)


class I0e(Operation):
    """exp(-|x|) I_0(x). d/dx = grad (i1e(x) - sign(x) i0e(x)); 0 at the kink at 0."""

    name = "i0e"
    broadcasts = True
    implements = (special.i0e,)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.i0e(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y = ctx.saved
        return grad * (special.i1e(x) - np.sign(x) * y)


class I1e(Operation):
    """exp(-|x|) I_1(x). d/dx = grad ((i0e(x) + ive(2, x)) / 2 - sign(x) i1e(x))."""

    name = "i1e"
    broadcasts = True
    implements = (special.i1e,)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.i1e(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y = ctx.saved
        return grad * ((special.i0e(x) + special.ive(2, x)) / 2 - np.sign(x) * y)


class J0(Operation):
    """J_0(x). d/dx = -grad J_1(x)."""

    name = "j0"
    broadcasts = True
    implements = (special.j0,)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.j0(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return -grad * special.j1(x)


class J1(Operation):
    """J_1(x). d/dx = grad (J_0(x) - J_2(x)) / 2."""

    name = "j1"
    broadcasts = True
    implements = (special.j1,)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.j1(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * ((special.j0(x) - special.jv(2, x)) / 2)


ANGLES = (np.arange(4000) + 0.5) * (np.pi / 4000)  # exact means up to rounding for |x| < 7,000


def average_waves(x: Array, *, v: int) -> Array:
    """Return J_v(x) as the mean of cos(v t - x sin t) over half a circle: DLMF 10.9.2."""
    return np.cos(v * ANGLES - x[..., None] * np.sin(ANGLES)).mean(axis=-1)


def average_exponentials(x: Array, *, v: int) -> Array:
    """Return I_v(x) as the mean of exp(x cos t) cos(v t) over half a circle: DLMF 10.32.3."""
    return (np.exp(x[..., None] * np.cos(ANGLES)) * np.cos(v * ANGLES)).mean(axis=-1)


def average_scaled_exponentials(x: Array, *, v: int) -> Array:
    """Return exp(-|x|) I_v(x) as a mean over half a circle, without large intermediate values."""
    x = x[..., None]
    return (np.exp(x * np.cos(ANGLES) - np.abs(x)) * np.cos(v * ANGLES)).mean(axis=-1)


def bind_order(v: int, z: Array) -> tuple[tuple[Array], dict[str, Any]]:
    """Return SciPy's arguments, special.iv(v, z), as inputs and settings."""
    return (z,), {"v": v}


class Iv(Operation):
    """I_v(x), for an integer v. d/dx = grad (I_{v-1}(x) + I_{v+1}(x)) / 2."""

    name = "iv"
    broadcasts = True
    implements = (special.iv,)
    cases = (Case(x=real("..."), v=2), Case(x=real("..."), v=3))
    from_numpy = staticmethod(bind_order)
    reference = staticmethod(average_exponentials)

    def forward(self, ctx: Context, x: Array, *, v: int) -> Array:
        ctx.save(x, v)
        return special.iv(v, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, v = ctx.saved
        return grad * ((special.iv(v - 1, x) + special.iv(v + 1, x)) / 2)


class Ive(Operation):
    """exp(-|x|) I_v(x), for an integer v. d/dx = grad ((ive(v-1, x) + ive(v+1, x)) / 2 - sign(x) y)."""

    name = "ive"
    broadcasts = True
    implements = (special.ive,)
    cases = (Case(x=real("..."), v=2), Case(x=real("..."), v=3))
    from_numpy = staticmethod(bind_order)
    reference = staticmethod(average_scaled_exponentials)

    def forward(self, ctx: Context, x: Array, *, v: int) -> Array:
        y = special.ive(v, x)
        ctx.save(x, y, v)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y, v = ctx.saved
        return grad * ((special.ive(v - 1, x) + special.ive(v + 1, x)) / 2 - np.sign(x) * y)


class Jv(Operation):
    """J_v(x), for an integer v. d/dx = grad (J_{v-1}(x) - J_{v+1}(x)) / 2."""

    name = "jv"
    broadcasts = True
    implements = (special.jv,)
    cases = (Case(x=real("..."), v=2), Case(x=real("..."), v=3))
    from_numpy = staticmethod(bind_order)
    reference = staticmethod(average_waves)

    def forward(self, ctx: Context, x: Array, *, v: int) -> Array:
        ctx.save(x, v)
        return special.jv(v, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, v = ctx.saved
        return grad * ((special.jv(v - 1, x) - special.jv(v + 1, x)) / 2)


i0, i1, i0e, i1e = I0(), I1(), I0e(), I1e()
j0, j1 = J0(), J1()
iv, ive, jv = Iv(), Ive(), Jv()
