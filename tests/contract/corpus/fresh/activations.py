"""Activations, of one value or with a slope for each channel."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation


class Softsign(Operation):
    name = "softsign"
    broadcasts = True

    def forward(self, ctx: Any, x: Any) -> Any:
        d = 1 + np.abs(x)
        ctx.save(d)
        return x / d

    def backward(self, ctx: Any, grad: Any) -> Any:
        (d,) = ctx.saved
        return grad / (d * d)


@wrong_operation("higher_order", twin=Softsign, cause=r"second|constant")
class Softsign2nd(Softsign):
    # a saved value that is cut out of the graph
    def backward(self, ctx: Any, grad: Any) -> Any:
        (d,) = ctx.saved
        return grad / (np.asarray(d.data if hasattr(d, "requires_grad") else d) ** 2)


class Hardswish(Operation):
    name = "hardswish"
    broadcasts = True

    def forward(self, ctx: Any, x: Any) -> Any:
        ctx.save(x)
        return x * np.clip(x + 3, 0, 6) / 6

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        inner = (2 * x + 3) / 6
        return grad * np.where(x <= -3, 0 * x, np.where(x >= 3, 0 * x + 1, inner))


@wrong_operation("coverage", twin=Hardswish, cause=r"large|x > |zero")
class HardswishTopZero(Hardswish):
    # 0 for 1 above 3
    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        inner = (2 * x + 3) / 6
        return grad * np.where(x <= -3, 0 * x, np.where(x >= 3, 0 * x, inner))


@wrong_operation("formula", twin=Hardswish, cause=r"term|constant|-1/2")
class HardswishOneThird(Hardswish):
    # a term of the product rule is missing
    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.where(x <= -3, 0 * x, np.where(x >= 3, 0 * x + 1, x / 3))


class Mish:
    """x tanh(softplus(x)), as a bare class."""

    name = "mish"
    broadcasts = True
    cases = (Case(x=real("...")),)

    def forward(self, ctx: Any, x: Any) -> Any:
        sp = np.logaddexp(0, x)
        t = np.tanh(sp)
        ctx.save(x, t)
        return x * t

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, t = ctx.saved
        sig = 0.5 * (1 + np.tanh(x / 2))
        return grad * (t + x * (1 - t * t) * sig)


class Softplus(Operation):
    name = "softplus_beta"
    broadcasts = True
    cases = (Case(x=real("..."), beta=1.0), Case(x=real("..."), beta=2.5))

    def forward(self, ctx: Any, x: Any, *, beta: Any = 1.0) -> Any:
        ctx.save(x, beta)
        return np.logaddexp(0, beta * x) / beta

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, beta = ctx.saved
        return grad * 0.5 * (1 + np.tanh(0.5 * beta * x))


@wrong_operation("formula", twin=Softplus, cause=r"beta")
class SoftplusBetaDropped(Softplus):
    # beta is left out in backward
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, _beta = ctx.saved
        return grad * 0.5 * (1 + np.tanh(0.5 * x))


@wrong_operation("coverage", twin=Softplus, cause=r"x > |large")
class SoftplusLinearTooSoon(Softplus):
    # a threshold that is too low for the linear part
    def forward(self, ctx: Any, x: Any, *, beta: Any = 1.0) -> Any:
        ctx.save(x, beta)
        return np.where(beta * x > 2, x, np.logaddexp(0, beta * x) / beta)


class PReLU(Operation):
    name = "prelu"
    cases = (
        Case(x=real("n c"), slope=real("c")),
        Case(x=real("n c l"), slope=real("c")),
        Case(x=real("n c"), slope=real("1")),
    )

    def forward(self, ctx: Any, x: Any, slope: Any) -> Any:
        a = slope.reshape((1, -1) + (1,) * (x.ndim - 2))
        ctx.save(x, a, slope.shape)
        return np.where(x > 0, x, a * x)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, a, shape = ctx.saved
        gx = np.where(x > 0, grad, a * grad)
        neg = np.where(x > 0, 0 * x, x) * grad
        if shape[0] == 1:
            ga = neg.sum().reshape(shape)
        else:
            ga = neg.sum(axis=tuple(i for i in range(x.ndim) if i != 1))
        return gx, ga


@wrong_operation("shape", twin=PReLU, cause=r"1/12|mean|constant")
class PreluSharedMean(PReLU):
    # a mean over all for the sum, where one slope is shared
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, a, shape = ctx.saved
        gx = np.where(x > 0, grad, a * grad)
        neg = np.where(x > 0, 0 * x, x) * grad
        if shape[0] == 1:
            ga = neg.mean().reshape(shape)
        else:
            ga = neg.sum(axis=tuple(i for i in range(x.ndim) if i != 1))
        return gx, ga


class SwiGLU(Operation):
    name = "swiglu"
    cases = (Case(x=real("n 4")), Case(x=real("n m 2")))

    def forward(self, ctx: Any, x: Any) -> Any:
        h = x.shape[-1] // 2
        a, b = x[..., :h], x[..., h:]
        s = 0.5 * (1 + np.tanh(a / 2))
        ctx.save(a, b, s)
        return a * s * b

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b, s = ctx.saved
        ga = grad * b * s * (1 + a * (1 - s))
        gb = grad * a * s
        return np.concatenate([ga, gb], axis=-1)


@wrong_operation("formula", twin=SwiGLU, cause=r"0, 1 along axis 1|first half")
class SwigluSigmoidGrad(SwiGLU):
    # the gate's own value is left out of its derivative
    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b, s = ctx.saved
        gb = grad * a * s
        return np.concatenate([grad * b * s * (1 - s), gb], axis=-1)


class ScaledTanh(Operation):
    name = "scaled_tanh"
    broadcasts = True
    once_differentiable = "works in place"

    def forward(self, ctx: Any, x: Any, *, scale: Any = 1.7159) -> Any:
        y = np.tanh(x * (2 / 3))
        ctx.save(y, scale)
        return scale * y

    def backward(self, ctx: Any, grad: Any) -> Any:
        y, scale = ctx.saved
        g = y * y
        g *= -1
        g += 1
        g *= grad
        g *= scale * 2 / 3
        return g
