"""The logistic function, its logarithm and its inverse."""

from __future__ import annotations

from scipy import special

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between


class Expit(Operation):
    """1 / (1 + e^-x). d/dx = grad y expit(-x), exact where y is near 1, unlike grad y (1 - y)."""

    name = "expit"
    broadcasts = True
    implements = (special.expit,)

    def forward(self, ctx: Context, x: Array) -> Array:
        y = special.expit(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y = ctx.saved
        return grad * (y * special.expit(-x))


class LogExpit(Operation):
    """log(1 / (1 + e^-x)). d/dx = grad expit(-x)."""

    name = "log_expit"
    broadcasts = True
    implements = (special.log_expit,)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.log_expit(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad * special.expit(-x)


class Logit(Operation):
    """log(x / (1 - x)), the inverse of expit on (0, 1). d/dx = grad / (x (1 - x))."""

    name = "logit"
    broadcasts = True
    implements = (special.logit,)
    cases = (Case(x=between(0, 1, "...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return special.logit(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return grad / (x * (1 - x))


expit, log_expit, logit = Expit(), LogExpit(), Logit()
