"""Wrong formulas of elementwise operations: the rule is wrong wherever it is evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.elementwise import Exp, Gaussian, Log, Reciprocal, Sigmoid, Sin, Sqrt, Square, Tanh
from .twins.pairs import Divide, Lerp, Multiply, Power, Select, Subtract

if TYPE_CHECKING:
    from minigrad_core import Context

FACTOR_2 = r"twice|doubled?|factor( of)? 2|\b2(\.0+)? (times|x)|times 2|2 \*"
HALF = r"half|0\.5|1/2|factor"
SIGN = r"sign|negat|opposite|-1\b"
# A residual or a ratio that goes with an input is named by that input, a saved value or the output.
WITH_X = r"\bx\b|proportional|inner derivative"


@wrong_operation("formula", twin=Tanh, cause=FACTOR_2)
class TanhTwice(Tanh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * 2 * (1 - y * y)  # the 2 of the inner square, twice


@wrong_operation("formula", twin=Square, cause=HALF)
class SquareWithoutTwo(Square):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * x  # x * x seen as one product: the 2 is missing


@wrong_operation("formula", twin=Sin, cause=SIGN)
class SinSign(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return -grad * np.cos(x)  # the sign of the derivative of cos


@wrong_operation("formula", twin=Gaussian, cause=WITH_X)
class GaussianWithoutInnerDerivative(Gaussian):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, y = ctx.saved
        return -grad * y  # the inner derivative x is missing


@wrong_operation("formula", twin=Exp, cause=r"factor|1\.0005|0\.05|scale")
class ExpSlightlyOff(Exp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * y * 1.0005  # a factor that most tolerances let through


@wrong_operation("formula", twin=Log, cause=r"1e-0?6|epsilon|tiny|small|near 0|close to 0")
class LogEpsilonOnlyInForward(Log):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log(x + 1e-6)  # backward knows nothing of this epsilon


@wrong_operation("formula", twin=Sqrt, cause=FACTOR_2)
class SqrtWithoutHalf(Sqrt):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad / y  # 1 / y for 1 / (2 y)


@wrong_operation("formula", twin=Reciprocal, cause=r"\by\b|output|\bx\b|proportional|power")
class ReciprocalPower(Reciprocal):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return -grad * y  # y for y * y


@wrong_operation("formula", twin=Sigmoid, cause=r"1 ?- ?y|\by\b|output|proportional")
class SigmoidWithoutComplement(Sigmoid):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * y  # the factor 1 - y is missing


@wrong_operation("formula", twin=Divide, cause=SIGN)
class DivideSign(Divide):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (grad / y if ctx.needs[0] else None, grad * (x / y) / y if ctx.needs[1] else None)  # no minus


@wrong_operation("formula", twin=Divide, cause=r"\by\b|proportional")
class DivideDenominatorOnce(Divide):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (grad / y if ctx.needs[0] else None, -grad * (x / y) if ctx.needs[1] else None)  # y for y**2


@wrong_operation("formula", twin=Multiply, cause=r"swap|exchang|permut|other input|interchang")
class MultiplySwapped(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (grad * x if ctx.needs[0] else None, grad * y if ctx.needs[1] else None)  # each its own


@wrong_operation("formula", twin=Subtract, cause=SIGN)
class SubtractSign(Subtract):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (grad * 1 if ctx.needs[0] else None, grad * 1 if ctx.needs[1] else None)  # no minus for y


@wrong_operation("formula", twin=Power, cause=r"log")
class PowerWithoutLog(Power):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (
            grad * y * x ** (y - 1) if ctx.needs[0] else None,
            grad * x**y if ctx.needs[1] else None,  # log(x) is missing
        )


@wrong_operation("formula", twin=Lerp, cause=SIGN)
class LerpSign(Lerp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b, t = ctx.saved
        return (
            grad * (1 - t) if ctx.needs[0] else None,
            grad * t if ctx.needs[1] else None,
            grad * (a - b) if ctx.needs[2] else None,  # a - b for b - a
        )


@wrong_operation("formula", twin=Select, cause=r"mask|swap|branch|where|complement|input 1")
class SelectSameBranch(Select):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (mask,) = ctx.saved
        taken = np.where(mask, grad, 0.0)
        # y: the mask is not negated.
        return (None, taken * 1 if ctx.needs[1] else None, taken * 1 if ctx.needs[2] else None)
