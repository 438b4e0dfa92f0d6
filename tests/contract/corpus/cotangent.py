"""Rules that do something to the incoming gradient other than multiply it by the Jacobian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.elementwise import Exp, Sigmoid, Sin, Tanh
from .twins.kinked import HardTanh, Relu
from .twins.linalg import Matmul
from .twins.pairs import SineCosine
from .twins.reductions import Sum

if TYPE_CHECKING:
    from minigrad_core import Context

LINEAR = r"linear|ignore|cotangent|grad|scal|additiv|\bg\b"


@wrong_operation("cotangent", twin=Exp, cause=r"ignor|cotangent|linear|grad|independent|constant")
class ExpIgnoresGrad(Exp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return y * 1  # the derivative, not its product with grad (pytorch#4355)


@wrong_operation("cotangent", twin=Tanh, cause=LINEAR + r"|abs|sign|\|g\|")
class TanhAbsoluteGrad(Tanh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, np.abs(grad))  # |grad|


@wrong_operation("cotangent", twin=Sin, cause=LINEAR + r"|clip")
class SinClipsGrad(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, np.minimum(np.maximum(grad, -1), 1))  # clips grad to [-1, 1]


@wrong_operation("cotangent", twin=Sigmoid, cause=LINEAR + r"|float32|precision|cast")
class SigmoidRoundsGrad(Sigmoid):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        # float64 gradients lose half their digits.
        return grad.astype(np.float32).astype(y.dtype) * y * (1 - y)


@wrong_operation("cotangent", twin=HardTanh, cause=LINEAR + r"|square")
class HardTanhSquaresGrad(HardTanh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(np.abs(x) < 1, grad * grad, 0.0)  # grad * grad (nx#1779)


@wrong_operation("cotangent", twin=Relu, cause=LINEAR + r"|negative|positive")
class GuidedRelu(Relu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where((x > 0) & (grad > 0), grad, 0.0)  # "guided backpropagation": negative grads dropped


@wrong_operation("cotangent", twin=Sin, cause=LINEAR + r"|mean|average")
class SinMeanGrad(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.sum(grad) / max(grad.size, 1) * np.cos(x)  # one gradient for all: right for a plain mean


@wrong_operation("cotangent", twin=Exp, cause=LINEAR + r"|zero|constant|offset|1e-0?3|add")
class ExpDecaysInGrad(Exp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * y + 1e-3 * y  # a regulariser hidden in the gradient: zero in, not zero out


@wrong_operation("cotangent", twin=Matmul, cause=LINEAR + r"|norm")
class MatmulNormalisesGrad(Matmul):
    def backward(self, ctx: Context, grad: Any) -> Any:
        length = np.sqrt(np.sum(grad * grad))
        return super().backward(ctx, grad / np.where(length > 1, length, 1.0))  # clips grad by its norm


@wrong_operation("cotangent", twin=Tanh, cause=LINEAR + r"|small|tiny|threshold")
class TanhDropsSmallGrad(Tanh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, np.where(np.abs(grad) < 1e-3, 0.0, grad))  # small gradients vanish


@wrong_operation("cotangent", twin=Sum, cause=LINEAR + r"|first|entry|value")
class SumFirstGrad(Sum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, _ = ctx.saved
        # One value for all, as if grad were uniform.
        return np.broadcast_to(np.sum(grad.reshape(-1)[:1]), x.shape) * 1


@wrong_operation(
    "cotangent", twin=SineCosine, cause=r"output 1|second|swap|other output|grads?|term|missing|cotangent"
)
class SineCosineSecondOutput(SineCosine):
    def backward(self, ctx: Context, grad: Any, grad_cos: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.cos(x)  # what comes in through the second output is lost


@wrong_operation("cotangent", twin=SineCosine, cause=r"output|swap|order|exchang|cotangent|sign|grad")
class SineCosineSwapped(SineCosine):
    def backward(self, ctx: Context, grad: Any, grad_cos: Any) -> Any:
        (x,) = ctx.saved
        return grad_cos * np.cos(x) - grad * np.sin(x)  # the two gradients in the wrong order
