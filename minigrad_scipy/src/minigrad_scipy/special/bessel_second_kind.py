"""Bessel functions of the second kind, Y, and modified, K, also times exp(x), for x > 0. DLMF 10.6, 10.29."""

from __future__ import annotations

from scipy import special

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, positive


class K0(Operation):
    """K_0(x). d/dx = -grad K_1(x)."""

    name = "k0"
    broadcasts = True
    implements = (special.k0,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.k0(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return -grad * special.k1(x)


class K1(Operation):
    """K_1(x). d/dx = -grad (K_0(x) + K_1(x) / x)."""

    name = "k1"
    broadcasts = True
    implements = (special.k1,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.k1(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y = ctx.saved
        return -grad * (special.k0(x) + y / x)


class K0e(Operation):
    """exp(x) K_0(x). d/dx = grad (k0e(x) - k1e(x))."""

    name = "k0e"
    broadcasts = True
    implements = (special.k0e,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.k0e(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y = ctx.saved
        return grad * (y - special.k1e(x))


class K1e(Operation):
    """exp(x) K_1(x). d/dx = grad (k1e(x) (1 - 1 / x) - k0e(x))."""

    name = "k1e"
    broadcasts = True
    implements = (special.k1e,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.k1e(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y = ctx.saved
        return grad * (y - y / x - special.k0e(x))


class Y0(Operation):
    """Y_0(x). d/dx = -grad Y_1(x)."""

    name = "y0"
    broadcasts = True
    implements = (special.y0,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.y0(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return -grad * special.y1(x)


class Y1(Operation):
    """Y_1(x). d/dx = grad (Y_0(x) - Y_1(x) / x)."""

    name = "y1"
    broadcasts = True
    implements = (special.y1,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.y1(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y = ctx.saved
        return grad * (special.y0(x) - y / x)


k0, k1, k0e, k1e, y0, y1 = K0(), K1(), K0e(), K1e(), Y0(), Y1()
