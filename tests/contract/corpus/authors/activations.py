"""Activations, smooth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Mish(Operation):
    """x tanh(softplus(x)), any shape. d/dx = grad (t + x (1 - t^2) sigmoid(x)), t = tanh(softplus(x))."""

    name = "mish"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        t = np.tanh(np.logaddexp(x, 0))
        ctx.save(x, t)
        return x * t

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, t = ctx.saved
        return grad * (t + x * (1 - t * t) * (0.5 + 0.5 * np.tanh(x / 2)))


@wrong_operation("formula", twin=Mish, cause=r"factor|term|sigmoid|inner")
class MishNoSigmoid(Mish):
    # inner derivative: sigmoid(x) missing in second term
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, t = ctx.saved
        return grad * (t + x * (1 - t * t))


@wrong_operation("higher_order", twin=Mish, cause=r"constant")
class MishDetached(Mish):
    # second order: intermediate t detached
    def forward(self, ctx: Context, x: Any) -> Any:
        t = np.tanh(np.logaddexp(x, 0))
        ctx.save(x, t.detach() if hasattr(t, "detach") else t)
        return x * t


class SymLog(Operation):
    """sign(x) log(1 + |x|), any shape. d/dx = grad / (1 + |x|)."""

    name = "symlog"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.sign(x) * np.log1p(np.abs(x))

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad / (1 + np.abs(ctx.saved[0]))


@wrong_operation("coverage", twin=SymLog, cause=r"x < 0")
class SymLogPositive(SymLog):
    # wrong for x < 0
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad / (1 + ctx.saved[0])


@wrong_operation("stability", twin=SymLog, cause=r"precision")
class SymLogNaive(SymLog):
    # precision: log(1+x) rather than log1p
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.sign(x) * np.log(1 + np.abs(x))


class Logit(Operation):
    """log(p / (1 - p)), any shape, p in (0, 1). d/dp = grad / (p (1 - p))."""

    name = "logit"
    cases = (Case(p=between(0, 1)),)

    def forward(self, ctx: Context, p: Any) -> Any:
        ctx.save(p)
        return np.log(p) - np.log1p(-p)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (p,) = ctx.saved
        return grad / (p * (1 - p))


@wrong_operation("formula", twin=Logit, cause=r"sign|term")
class LogitSign(Logit):
    # second term's sign: p(1+p)
    def backward(self, ctx: Context, grad: Any) -> Any:
        (p,) = ctx.saved
        return grad / p - grad / (1 - p)


class Gelu(Operation):
    """0.5 x (1 + tanh(c (x + 0.044715 x^3))), c = sqrt(2/pi), any shape.

    d/dx by the product rule, times grad.
    """

    name = "my_gelu"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        c = math.sqrt(2 / math.pi)
        t = np.tanh(c * (x + 0.044715 * x * x * x))
        ctx.save(x, t)
        return 0.5 * x * (1 + t)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, t = ctx.saved
        c = math.sqrt(2 / math.pi)
        u = np.clip(x, -1e3, 1e3)
        return grad * (0.5 * (1 + t) + 0.5 * u * (1 - t * t) * c * (1 + 3 * 0.044715 * u * u))


@wrong_operation("formula", twin=Gelu, cause=r"term|constant|approximat")
class GeluSigmoid(Gelu):
    # backward is the derivative of the sigmoid approximation
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, _t = ctx.saved
        s = 0.5 + 0.5 * np.tanh(1.702 * x / 2)
        return grad * (s + 1.702 * np.clip(x, -1e3, 1e3) * s * (1 - s))


@wrong_operation("formula", twin=Gelu, cause=r"factor|term|coefficient")
class GeluCoefficient(Gelu):
    # coefficient 0.044715 not tripled
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, t = ctx.saved
        c = math.sqrt(2 / math.pi)
        u = np.clip(x, -1e3, 1e3)
        return grad * (0.5 * (1 + t) + 0.5 * u * (1 - t * t) * c * (1 + 0.044715 * u * u))


@wrong_operation("dtype", twin=Gelu, cause=r"float64")
class GeluFloat64(Gelu):
    # float32 becomes float64: np.sqrt(2/pi) is a NumPy scalar
    def forward(self, ctx: Context, x: Any) -> Any:
        c = np.sqrt(2 / np.pi)
        t = np.tanh(c * (x + 0.044715 * x * x * x))
        ctx.save(x, t)
        return 0.5 * x * (1 + t)
