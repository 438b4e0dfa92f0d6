"""Elementwise rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


def sigmoid(x: Any) -> Any:
    return 0.5 * (1 + np.tanh(0.5 * x))


class SwishBeta(Operation):
    """x sigmoid(beta x), any shape. d/dx = grad (s + beta x s (1 - s))."""

    name = "swish_beta"
    broadcasts = True
    cases = (Case(x=real(), beta=1.0), Case(x=real(), beta=0.5))

    def forward(self, ctx: Context, x: Any, *, beta: float = 1.0) -> Any:
        s = sigmoid(beta * x)
        ctx.save(x, s, beta)
        return x * s

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, s, beta = ctx.saved
        return grad * (s + beta * x * s * (1 - s))


class Celu(Operation):
    """x for x > 0, else e^x - 1; any shape. d/dx = grad or grad e^x."""

    name = "celu"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x > 0, grad, grad * np.exp(np.minimum(x, 0)))


class Saturate(Operation):
    """3 tanh(x / 3), any shape. d/dx = grad (1 - tanh(x/3)^2)."""

    name = "saturate"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        t = np.tanh(x / 3)
        ctx.save(t)
        return 3 * t

    def backward(self, ctx: Context, grad: Any) -> Any:
        (t,) = ctx.saved
        return grad * (1 - t * t)


class Logit(Operation):
    """log(x / (1 - x)), x inside (0, 1), any shape. d/dx = grad / (x (1 - x))."""

    name = "logit"
    broadcasts = True
    cases = (Case(x=between(0, 1)),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log(x) - np.log1p(-x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / (x * (1 - x))


class Lerp(Operation):
    """a + t (b - a), broadcasting. d/da = grad (1 - t), d/db = grad t, d/dt = grad b - grad a.

    b - a of bytes would wrap around.
    """

    name = "lerp"
    broadcasts = True
    cases = (Case(a=real(), b=real(), t=real()),)

    def forward(self, ctx: Context, a: Any, b: Any, t: Any) -> Any:
        ctx.save(a, b, t)
        return a * (1 - t) + b * t

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b, t = ctx.saved
        return grad * (1 - t), grad * t, grad * b - grad * a


@wrong_operation("state", twin=SwishBeta, cause=r"shared|state")
class SwishSelf(SwishBeta):
    # backward uses a default beta from self, state kept on self
    def forward(self, ctx: Context, x: Any, *, beta: float = 1.0) -> Any:
        self._beta = beta
        s = sigmoid(beta * x)
        ctx.save(x, s)
        return x * s

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, s = ctx.saved
        return grad * (s + self._beta * x * s * (1 - s))


@wrong_operation("formula", twin=Celu, cause=r"x < 0")
class CeluOutput(Celu):
    # gradient for x<0 is e^x - 1 (the output) rather than e^x
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x > 0, grad, grad * np.expm1(np.minimum(x, 0)))


@wrong_operation("stability", twin=Celu, cause=r"overflow")
class CeluWarns(Celu):
    # expm1 of the positive branch overflows with a warning
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.where(x > 0, x, np.expm1(x))


@wrong_operation("formula", twin=Saturate, cause=r"1/3")
class SaturateThird(Saturate):
    # 1/3 of the inner derivative applied twice: factor 1/3
    def backward(self, ctx: Context, grad: Any) -> Any:
        (t,) = ctx.saved
        return grad * (1 - t * t) / 3


@wrong_operation("coverage", twin=Saturate, cause=r"4")
class SaturateCut(Saturate):
    # wrong beyond |x| > 4: clipped gradient zero
    def forward(self, ctx: Context, x: Any) -> Any:
        t = np.tanh(x / 3)
        ctx.save(t, x)
        return 3 * t

    def backward(self, ctx: Context, grad: Any) -> Any:
        t, x = ctx.saved
        return np.where(np.abs(x) > 4, 0 * grad, grad * (1 - t * t))


@wrong_operation("cotangent", twin=Saturate, cause=r"half precision")
class SaturateHalf(Saturate):
    # gradient rounded to float16 on the way
    once_differentiable = "a cast"

    def backward(self, ctx: Context, grad: Any) -> Any:
        (t,) = ctx.saved
        return (grad * (1 - t * t)).astype(np.float16).astype(grad.dtype)


@wrong_operation("formula", twin=Logit, cause=r"epsilon")
class LogitEps(Logit):
    # an epsilon added in the denominator of backward
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / (x * (1 - x) + 1e-6)


@wrong_operation("coverage", twin=Logit, cause=r"0.5")
class LogitHalf(Logit):
    # sign wrong for x > 1/2 (1 - 2x style error)
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / (x * np.abs(1 - x)) * np.where(x > 0.5, -1, 1).astype(x.dtype)


@wrong_operation("protocol", twin=Lerp, cause=r"t")
class LerpNeeds(Lerp):
    # the gradient for t is missing when only t needs one
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b, t = ctx.saved
        if not (ctx.needs[0] or ctx.needs[1]):
            return None, None, None
        return grad * (1 - t), grad * t, grad * b - grad * a


@wrong_operation("shape", twin=Lerp, cause=r"1/2|mean")
class LerpMean(Lerp):
    # reduces a gradient to its shape itself, with mean
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b, t = ctx.saved
        ga = grad * (1 - t)
        while ga.ndim > a.ndim:
            ga = ga.mean(axis=0)
        return ga, grad * t, grad * b - grad * a


@wrong_operation("higher_order", twin=Lerp, cause=r"constant")
class LerpConst(Lerp):
    # t detached for second order: saved as plain constant
    def forward(self, ctx: Context, a: Any, b: Any, t: Any) -> Any:
        ctx.save(a, b, getattr(t, "detach", lambda: t)())
        return a * (1 - t) + b * t
