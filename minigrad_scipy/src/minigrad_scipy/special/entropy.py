"""The terms of entropies: products of x and a logarithm, which are 0 where x is 0."""

from __future__ import annotations

import numpy as np
from scipy import special

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, positive, real

from .scalars import match_dtype


def ratio(x: Array, y: Array) -> Array:
    """Return x / y, and 0 where x is 0, for any y."""
    absent = x == 0
    return np.where(absent, 0, x / np.where(absent, 1, y))


class Xlogy(Operation):
    """x log(y), 0 where x is 0. d/dx = grad log(y); d/dy = grad x / y, 0 where x is 0."""

    name = "xlogy"
    broadcasts = True
    implements = (special.xlogy,)
    cases = (Case(x=real("..."), y=positive("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        x, y = match_dtype(x, y)
        ctx.save(x, y)
        return special.xlogy(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        return (
            special.xlogy(grad, y) if ctx.needs[0] else None,
            grad * ratio(x, y) if ctx.needs[1] else None,
        )


class Xlog1py(Operation):
    """x log(1 + y), 0 where x is 0. d/dx = grad log(1 + y); d/dy = grad x / (1 + y), 0 where x is 0."""

    name = "xlog1py"
    broadcasts = True
    implements = (special.xlog1py,)
    cases = (Case(x=real("..."), y=positive("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        x, y = match_dtype(x, y)
        ctx.save(x, y)
        return special.xlog1py(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        return (
            special.xlog1py(grad, y) if ctx.needs[0] else None,
            grad * ratio(x, 1 + y) if ctx.needs[1] else None,
        )


class Entr(Operation):
    """-x log(x), 0 at 0 and -inf below. d/dx = -grad (log(x) + 1), inf at 0."""

    name = "entr"
    broadcasts = True
    implements = (special.entr,)
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.entr(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return -special.xlogy(grad, x) - grad


class RelEntr(Operation):
    """x log(x / y), 0 where x is 0. d/dx = grad (log(x / y) + 1); d/dy = -grad x / y."""

    name = "rel_entr"
    broadcasts = True
    implements = (special.rel_entr,)
    cases = (Case(x=positive("..."), y=positive("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return special.rel_entr(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        return (
            special.xlogy(grad, x / y) + grad if ctx.needs[0] else None,
            -grad * ratio(x, y) if ctx.needs[1] else None,
        )


class KlDiv(Operation):
    """x log(x / y) - x + y, and y where x is 0. d/dx = grad log(x / y); d/dy = grad (1 - x / y)."""

    name = "kl_div"
    broadcasts = True
    implements = (special.kl_div,)
    cases = (Case(x=positive("..."), y=positive("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        x, y = match_dtype(x, y)
        ctx.save(x, y)
        return special.kl_div(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        return (
            special.xlogy(grad, x / y) if ctx.needs[0] else None,
            grad * (1 - ratio(x, y)) if ctx.needs[1] else None,
        )


xlogy, xlog1py, entr, rel_entr, kl_div = Xlogy(), Xlog1py(), Entr(), RelEntr(), KlDiv()
