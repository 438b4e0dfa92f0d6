"""Integers beside floats, tiny and huge numbers, and exponents of 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, index_into, integers, positive, real

from ..entry import wrong_operation


class Blend(Operation):
    """(1 - t) a + t b, broadcasting. d/da = grad (1 - t), d/db = grad t, d/dt = grad (b - a)."""

    name = "blend"
    broadcasts = True

    def forward(self, ctx: Any, a: Any, b: Any, t: Any) -> Any:
        ctx.save(a, b, t)
        return a * (1 - t) + b * t

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b, t = ctx.saved
        return grad * (1 - t), grad * t, grad * b - grad * a


@wrong_operation("dtype", twin=Blend, cause=r"wrap around")
class BlendWraps(Blend):
    # 1 - 2 is 255 beside two images of uint8
    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b, t = ctx.saved
        return grad * (1 - t), grad * t, grad * (b - a)


class CountedRows(Operation):
    """The rows of x at index, each times its count; x: (n, k), index: (m,), count: (n,).

    d/dx = grad count, added up by row; d/dcount = grad x, summed over the row.
    """

    name = "counted_rows"
    cases = (Case(x=real("n k"), index=index_into("x", axis=0, shape="m"), count=real("n")),)
    once_differentiable = "np.add.at writes into an array"

    def forward(self, ctx: Any, x: Any, index: Any, count: Any) -> Any:
        ctx.save(x, index, count)
        return x[index] * count[index, None]

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, index, count = ctx.saved
        gx, gc = np.zeros(x.shape, grad.dtype), np.zeros(count.shape, grad.dtype)
        np.add.at(gx, index, grad * count[index, None])
        np.add.at(gc, index, (grad * x[index]).sum(axis=1))
        return gx, None, gc


@wrong_operation("dtype", twin=CountedRows, cause=r"cut off to integers")
class BufferOfCounts(CountedRows):
    # the buffer has the dtype of the counts
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, index, count = ctx.saved
        gx = np.zeros(x.shape, count.dtype)
        np.add.at(gx, index, (grad * count[index, None]).astype(gx.dtype))
        return gx, None, super().backward(ctx, grad)[2]


class LogisticLoss(Operation):
    """log(1 + e^(-s x)), s being 1 for the label 1 and -1 for 0, by value. d/dx = -grad s / (1 + e^(s x))."""

    name = "logistic_loss"
    cases = (Case(x=real("n"), label=integers(0, 2, "n")),)

    def forward(self, ctx: Any, x: Any, label: Any) -> Any:
        s = 2 * label.astype(x.dtype) - 1
        ctx.save(x, s)
        return np.logaddexp(0, -s * x)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, s = ctx.saved
        return -0.5 * grad * s * (1 - np.tanh(0.5 * s * x)), None


@wrong_operation("dtype", twin=LogisticLoss, cause=r"uint8 for label")
class LabelsWrap(LogisticLoss):
    # 2 * 0 - 1 of uint8 is 255
    def forward(self, ctx: Any, x: Any, label: Any) -> Any:
        s = (2 * label - 1).astype(x.dtype)
        ctx.save(x, s)
        return np.logaddexp(0, -s * x)


class WholePower(Operation):
    """x^n, broadcasting, for whole n >= 0. d/dx = grad n x^(n - 1)."""

    name = "whole_power"
    broadcasts = True
    cases = (Case(x=real(), n=integers(0, 5)),)

    def forward(self, ctx: Any, x: Any, n: Any) -> Any:
        ctx.save(x, n)
        return x ** n.astype(x.dtype)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, n = ctx.saved
        return grad * (n * x ** np.maximum(n - 1, 0)).astype(grad.dtype), None


@wrong_operation("ties", twin=WholePower, cause=r"NaN at zero")
class ZeroToMinusOne(WholePower):
    # 0 * 0^-1 where n is 0
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, n = ctx.saved
        return grad * (n * x ** (n - 1.0)).astype(grad.dtype), None


class ExponentialDecay(Operation):
    """a exp(-k), broadcasting. d/da = grad exp(-k), d/dk = -grad a exp(-k).

    np.exp of a Python number is a float64, which promotes in NumPy itself: nobody converted anything.
    """

    name = "exponential_decay"
    broadcasts = True

    def forward(self, ctx: Any, a: Any, k: Any) -> Any:
        e = np.exp(-k)
        ctx.save(a, e)
        return a * e

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, e = ctx.saved
        return grad * e, -grad * a * e


class WeighedLog(Operation):
    """w log(1 + x), broadcasting, x > 0. d/dw = grad log(1 + x), d/dx = grad w / (1 + x)."""

    name = "weighed_log"
    broadcasts = True
    cases = (Case(w=real(), x=positive()),)

    def forward(self, ctx: Any, w: Any, x: Any) -> Any:
        ctx.save(w, x)
        return w * np.log1p(x)

    def backward(self, ctx: Any, grad: Any) -> Any:
        w, x = ctx.saved
        return grad * np.log1p(x), grad * w / (1 + x)


@wrong_operation("stability", twin=WeighedLog, cause=r"tiny values")
class WeighedLogOfSum(WeighedLog):
    # 1 + x has lost x
    def forward(self, ctx: Any, w: Any, x: Any) -> Any:
        ctx.save(w, x)
        return w * np.log(1 + x)

    def backward(self, ctx: Any, grad: Any) -> Any:
        w, x = ctx.saved
        return grad * np.log(1 + x), grad * w / (1 + x)


class LengthAndAngle(Operation):
    """r and phi of (x, y), broadcasting; at the origin both gradients are 0.

    d/dx = grad_r x / r - grad_phi y / r^2, d/dy = grad_r y / r + grad_phi x / r^2.
    """

    name = "length_and_angle"
    broadcasts = True

    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        r = np.hypot(x, y)
        ctx.save(x, y, r)
        return r, np.arctan2(y, x)

    def backward(self, ctx: Any, grad_r: Any, grad_phi: Any) -> Any:
        x, y, r = ctx.saved
        s = np.where(r == 0, 1 + 0 * r, r)
        return grad_r * (x / s) - grad_phi * (y / s) / s, grad_r * (y / s) + grad_phi * (x / s) / s


@wrong_operation("stability", twin=LengthAndAngle, cause=r"though the true value")
class RootOfSquares(LengthAndAngle):
    # x * x overflows
    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        _, angle = super().forward(ctx, x, y)
        r = np.sqrt(x * x + y * y)
        ctx.save(x, y, r)
        return r, angle


class ShiftedLog(Operation):
    """x log(y), broadcasting, 1 < y < 3. d/dx = grad log(y), d/dy = grad x / y."""

    name = "shifted_log"
    broadcasts = True
    cases = (Case(x=real(), y=between(1, 3)),)

    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return x * np.log(y)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y = ctx.saved
        return grad * np.log(y), grad * x / y


@wrong_operation("protocol", twin=ShiftedLog, cause=r"broadcasts = True")
class BroadcastsInSecret(ShiftedLog):
    # forward broadcasts, and nobody sums the gradient
    broadcasts = False
