"""Gradients of values that are nearly right, or right nearly everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.elementwise import Exp, Sin, Softplus
from .twins.pairs import Divide, Multiply
from .twins.reductions import Softmax
from .twins.various import Cosh, Radians, SmoothedError, SumOverAxis

if TYPE_CHECKING:
    from minigrad_core import Context


@wrong_operation("formula", twin=Radians, cause=r"factor|1\.00000|scale|times")
class RadiansRoundedPi(Radians):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * (3.1416 / 180)  # two parts in a million too large


@wrong_operation("formula", twin=Exp, cause=r"factor|1\.00000|scale|approx|times|close|small")
class ExpByForwardDifference(Exp):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.exp(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * ((np.exp(x + 1e-6) - np.exp(x)) / 1e-6)  # "the derivative, near enough"


@wrong_operation("coverage", twin=Cosh, cause=r"\|x\|| x ?(>|<)|large|only|where|small")
class CoshBySeries(Cosh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        s = x * x
        return grad * x * (1 + s / 6 * (1 + s / 20 * (1 + s / 42)))  # four terms: good up to |x| = 1


@wrong_operation("coverage", twin=Sin, cause=r"\|x\|| x ?(>|<)|large|only|where|sign")
class SinHalfPeriod(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.cos(np.where(np.abs(x) > np.pi, x - np.pi, x))  # reduces by half a period


@wrong_operation("coverage", twin=Softplus, cause=r"x ?(>|<)|negative|only|where")
class SoftplusFarNegative(Softplus):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x < -2.5, 0.0, grad * np.exp(-np.logaddexp(0, -x)))  # "zero anyway" below -2.5


@wrong_operation("coverage", twin=Multiply, cause=r"size|block|last|only|entry|index|multiple|element")
class MultiplyBlocksOfEight(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dy = super().backward(ctx, grad)
        if dy is not None and dy.ndim and dy.shape[-1] > 8 and dy.shape[-1] % 8:
            whole = dy.shape[-1] // 8 * 8
            dy = dy * (np.arange(dy.shape[-1]) < whole)  # what does not fill a block of eight is dropped
        return dx, dy


@wrong_operation("coverage", twin=Softmax, cause=r"size|column|k ?=|two|only|axis|shape")
class SoftmaxOfTwo(Softmax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        if y.shape[-1] == 2:
            return y * (1 - y) * grad  # the sigmoid's rule, though the second value moves too
        return super().backward(ctx, grad)


@wrong_operation("coverage", twin=SumOverAxis, cause=r"axis|axes|shape|middle")
class SumMiddleAxis(SumOverAxis):
    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, axis = ctx.saved
        # The first axis or the last, never the middle.
        expanded = np.expand_dims(grad, 0 if axis == 0 else -1)
        return np.broadcast_to(expanded, shape) * 1


@wrong_operation("coverage", twin=SmoothedError, cause=r"smooth|setting|factor|input 1|times")
class SmoothingIgnored(SmoothedError):
    def backward(self, ctx: Context, grad: Any) -> Any:
        error, _ = ctx.saved
        # Right for the default, smoothing = 0.
        return (grad * error if ctx.needs[0] else None, -grad * error if ctx.needs[1] else None)


@wrong_operation("coverage", twin=Divide, cause=r"same|both|twice|alias|accumul|identical|input")
class DivideBySelf(Divide):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        if x is y:
            return grad * 1, grad * 1  # x / x: the two should cancel
        return super().backward(ctx, grad)
