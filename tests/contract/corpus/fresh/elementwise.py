"""Operations value by value, of several inputs or outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, nonzero, positive, real

from ..entry import wrong_operation


class Hypot3(Operation):
    """sqrt(x^2 + y^2 + z^2), scaled against overflow."""

    name = "hypot3"
    broadcasts = True
    cases = (Case(x=nonzero("..."), y=nonzero("..."), z=nonzero("...")),)

    def forward(self, ctx: Any, x: Any, y: Any, z: Any) -> Any:
        r = np.hypot(np.hypot(x, y), z)
        ctx.save(x, y, z, r)
        return r

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y, z, r = ctx.saved
        u = grad / r
        return u * x, u * y, u * z


@wrong_operation("coverage", twin=Hypot3, cause=r"z < 0")
class Hypot3Inplace(Hypot3):
    # the sign of z is lost
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y, z, r = ctx.saved
        u = grad / r
        g = u * x
        np.multiply(u, y, out=u)
        return g, u, u * 0 + z * grad / r if False else (grad / r) * np.abs(z)


class Lerp(Operation):
    name = "lerp"
    broadcasts = True

    def forward(self, ctx: Any, start: Any, end: Any, weight: Any) -> Any:
        ctx.save(start, end, weight)
        return start + weight * (end - start)

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b, w = ctx.saved
        ga = grad * (1 - w) if ctx.needs[0] else None
        gb = grad * w if ctx.needs[1] else None
        gw = grad * (b - a) if ctx.needs[2] else None
        return ga, gb, gw


@wrong_operation("protocol", twin=Lerp, cause=r"None.*input 1|needs")
class LerpNeedsIndex(Lerp):
    # needs[0] is asked for needs[1]
    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b, w = ctx.saved
        ga = grad * (1 - w) if ctx.needs[0] else None
        gb = grad * w if ctx.needs[0] else None
        gw = grad * (b - a) if ctx.needs[2] else None
        return ga, gb, gw


@wrong_operation("formula", twin=Lerp, cause=r"sign")
class LerpStartMinusEnd(Lerp):
    # start - end for end - start
    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b, w = ctx.saved
        ga = grad * (1 - w) if ctx.needs[0] else None
        gb = grad * w if ctx.needs[1] else None
        gw = grad * (a - b) if ctx.needs[2] else None
        return ga, gb, gw


class Xlogy(Operation):
    name = "xlogy2"
    broadcasts = True
    cases = (Case(x=positive("..."), y=positive("...")),)

    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return np.where(x == 0, 0 * y, x * np.log(y))

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y = ctx.saved
        return grad * np.log(y), grad * x / y


@wrong_operation("formula", twin=Xlogy, cause=r"swapped")
class XlogySwapped(Xlogy):
    # the gradients of x and y are exchanged
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y = ctx.saved
        return grad * x / y, grad * np.log(y)


class IntPower(Operation):
    name = "int_power"
    broadcasts = True
    cases = (Case(x=real("..."), n=3), Case(x=real("..."), n=0), Case(x=real("..."), n=1))

    def forward(self, ctx: Any, x: Any, *, n: Any = 2) -> Any:
        ctx.save(x, n)
        return x**n

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, n = ctx.saved
        if n == 0:
            return grad * 0
        return grad * n * x ** (n - 1)


@wrong_operation("ties", twin=IntPower, cause=r"NaN.*zero")
class IntpowDiv(IntPower):
    # a division by x, which may be 0
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, n = ctx.saved
        if n == 0:
            return grad * 0
        return grad * n * x**n / x


class ComplexMul(Operation):
    """(a + bi)(c + di), parts apart."""

    name = "complex_mul"
    broadcasts = True

    def forward(self, ctx: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
        ctx.save(a, b, c, d)
        return a * c - b * d, a * d + b * c

    def backward(self, ctx: Any, gr: Any, gi: Any) -> Any:
        a, b, c, d = ctx.saved
        return gr * c + gi * d, gi * c - gr * d, gr * a + gi * b, gi * a - gr * b


@wrong_operation("formula", twin=ComplexMul, cause=r"output 1.*-1")
class CmulNoconj(ComplexMul):
    # the product with the conjugate is none
    def backward(self, ctx: Any, gr: Any, gi: Any) -> Any:
        a, b, c, d = ctx.saved
        return gr * c - gi * d, gi * c + gr * d, gr * a + gi * b, gi * a - gr * b


class Polar(Operation):
    """(r, phi) of points (x, y)."""

    name = "to_polar"
    broadcasts = True
    cases = (Case(x=nonzero("..."), y=nonzero("...")),)

    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return np.hypot(x, y), np.arctan2(y, x)

    def backward(self, ctx: Any, gr: Any, gphi: Any) -> Any:
        x, y = ctx.saved
        r2 = x * x + y * y
        r = np.hypot(x, y)
        return gr * x / r - gphi * y / r2, gr * y / r + gphi * x / r2


@wrong_operation("formula", twin=Polar, cause=r"output 1.*ignored")
class PolarSecondOutputIgnored(Polar):
    # what comes back through phi is forgotten
    def backward(self, ctx: Any, gr: Any, gphi: Any) -> Any:
        x, y = ctx.saved
        r = np.hypot(x, y)
        return gr * x / r, gr * y / r
