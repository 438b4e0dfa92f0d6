"""Activations, in whatever structure the contract allows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context

ROOT = float(np.sqrt(2 / np.pi))


class TanhGelu(Operation):
    """0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), any shape (Hendrycks and Gimpel 2016).

    d/dx = grad (0.5 (1 + t) + 0.5 x (1 - t^2) sqrt(2/pi) (1 + 3 * 0.044715 x^2)).
    """

    name = "tanh_gelu"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        t = np.tanh(ROOT * (x + 0.044715 * x * x * x))
        ctx.save(x, t)
        return 0.5 * x * (1 + t)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, t = ctx.saved
        inner = ROOT * (1 + 3 * 0.044715 * x * x)
        slope = 0.5 * (1 + t) + 0.5 * x * (1 - t) * (1 + t) * inner
        return grad * slope


@wrong_operation("formula", twin=TanhGelu, cause=r"differs|term|factor|proportional|x\*\*")
class TanhGeluCube(TanhGelu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, t = ctx.saved
        inner = ROOT * (1 + 0.044715 * x * x)  # the 3 of x^3 is missing
        return grad * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner)


@wrong_operation("formula", twin=TanhGelu, cause=r"differs|constant|digits|term|\d\.\de-|right to|factor")
class TanhGeluOtherConstant(TanhGelu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, t = ctx.saved
        inner = ROOT * (1 + 3 * 0.0447 * x * x)  # 0.044715 in forward
        return grad * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner)


class Mish(Operation):
    """x tanh(log(1 + e^x)), any shape (Misra 2019). d/dx = grad (t + x (1 - t^2) sigmoid(x))."""

    name = "mish"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        t = np.tanh(np.logaddexp(0.0, x) if isinstance(x, np.ndarray) else np.logaddexp(x * 0, x))
        ctx.save(x, t)
        return x * t

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, t = ctx.saved
        s = 0.5 * (1 + np.tanh(0.5 * x))
        return grad * (t + x * (1 - t * t) * s)


@wrong_operation("formula", twin=Mish, cause=r"differs|sigmoid|factor|term|missing")
class MishWithoutSigmoid(Mish):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, t = ctx.saved
        return grad * (t + x * (1 - t * t))  # the inner derivative of softplus is missing


@wrong_operation("stability", twin=Mish, cause=r"overflow|inf|nan|large|warn|finite")
class MishNaiveSoftplus(Mish):
    def forward(self, ctx: Context, x: Any) -> Any:
        t = np.tanh(np.log(1 + np.exp(x)))
        ctx.save(x, t)
        return x * t


@dataclass(frozen=True)
class LeakyRelu:
    """x where x > 0, else slope x; any shape. d/dx = grad where x > 0, else slope grad. A dataclass."""

    slope: float = 0.1
    name: str = "leaky_relu"
    broadcasts: bool = True

    def forward(self, ctx: Any, x: Any, /) -> Any:
        factor = np.where(x > 0, 1.0, self.slope).astype(x.dtype)
        ctx.save(factor)
        return x * factor

    def backward(self, ctx: Any, grad: Any, /) -> Any:
        (factor,) = ctx.saved
        return grad * factor


@wrong_operation("coverage", twin=LeakyRelu, cause=r"x < 0|negative|x > 0|zero|times there|region")
class LeakyReluDropsSlope(LeakyRelu):
    def backward(self, ctx: Any, grad: Any, /) -> Any:
        (factor,) = ctx.saved
        return grad * (factor == 1)  # zero for x < 0


@wrong_operation("dtype", twin=LeakyRelu, cause=r"float64|float32|dtype|promot")
class LeakyReluDoubleFactor(LeakyRelu):
    def forward(self, ctx: Any, x: Any, /) -> Any:
        factor = np.where(x > 0, 1.0, self.slope)  # float64
        ctx.save(factor)
        return (x * factor).astype(x.dtype)


def _relu6(x: Any) -> Any:
    return np.minimum(np.maximum(x, 0), 6)


class HardSwish:
    """x relu6(x + 3) / 6, any shape (Howard et al. 2019). d/dx = grad (relu6(x + 3) + x [|x| < 3]) / 6."""

    __slots__ = ()
    name = "hard_swish"
    broadcasts = True

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save(x)
        return x * _relu6(x + 3) / 6

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        inside = np.abs(x) < 3
        return grad * (_relu6(x + 3) + x * inside) / 6


@wrong_operation("formula", twin=HardSwish, cause=r"3|region|where|only|\|x\||term|x <|x >")
class HardSwishTermEverywhere(HardSwish):
    __slots__ = ()

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (_relu6(x + 3) + x) / 6  # x counts in |x| < 3 only


@wrong_operation("coverage", twin=HardSwish, cause=r"x < |x > |negative|3|region|only where|large")
class HardSwishOneSided(HardSwish):
    __slots__ = ()

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        inside = x < 3  # -3 < x is forgotten
        return grad * (_relu6(x + 3) + x * inside) / 6


def _power(ctx: Any, x: Any, *, exponent: float) -> Any:
    ctx.save(x)
    return np.abs(x) ** exponent


def _power_gradient(ctx: Any, grad: Any, *, exponent: float) -> Any:
    (x,) = ctx.saved
    return grad * exponent * np.sign(x) * np.abs(x) ** (exponent - 1)


class AbsCubed:
    """|x|^3, any shape. d/dx = 3 grad x |x|. Its methods are partials."""

    name = "abs_cubed"
    cases = (Case(x=real()),)
    broadcasts = True

    def __init__(self) -> None:
        self.forward = partial(_power, exponent=3.0)
        self.backward = partial(_power_gradient, exponent=3.0)


@wrong_operation("formula", twin=AbsCubed, cause=r"x|factor|power|proportional")
class AbsCubedSquared(AbsCubed):
    def __init__(self) -> None:
        super().__init__()
        self.backward = partial(_power_gradient, exponent=2.0)  # another exponent


def swish_rule(beta: float) -> tuple[Any, Any]:
    def forward(self: Any, ctx: Any, x: Any) -> Any:
        s = 0.5 * (1 + np.tanh(0.5 * beta * x))
        ctx.save(x, s)
        return x * s

    def backward(self: Any, ctx: Any, grad: Any) -> Any:
        x, s = ctx.saved
        return grad * (s + beta * x * s * (1 - s))

    return forward, backward


class Swish:
    """x sigmoid(1.5 x), any shape. d/dx = grad (s + 1.5 x s (1 - s)). Its methods are closures."""

    name = "swish"
    broadcasts = True
    forward, backward = swish_rule(1.5)


@wrong_operation("formula", twin=Swish, cause=r"differs|term|factor|proportional|beta|1\.5|2/3")
class SwishBetaForgotten(Swish):
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, s = ctx.saved
        return grad * (s + x * s * (1 - s))  # beta is missing


@wrong_operation("state", twin=Swish, cause=r"self|attribute|keeps|between|state|call|thread")
class SwishOnSelf(Swish):
    def forward(self, ctx: Any, x: Any) -> Any:
        self.s = 0.5 * (1 + np.tanh(0.75 * x))
        ctx.save(x)
        return x * self.s

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (self.s + 1.5 * x * self.s * (1 - self.s))


@wrong_operation("memory", twin=Swish, cause=r"grad|in place|writes|read-?only")
class SwishIntoGrad(Swish):
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, s = ctx.saved
        return np.multiply(
            grad, s + 1.5 * x * s * (1 - s), out=grad if isinstance(grad, np.ndarray) else None
        )
