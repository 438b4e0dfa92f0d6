"""Right once, wrong when differentiated again; and claims about differentiability that do not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Cached

from .entry import wrong_operation
from .twins.elementwise import Exp, Gaussian, Log, Reciprocal, Sin, Square, Tanh
from .twins.indexing import Pick, TakeRows
from .twins.kinked import Round
from .twins.linalg import Matmul
from .twins.pairs import Multiply
from .twins.reductions import Softmax

if TYPE_CHECKING:
    from minigrad_core import Context

SECOND = r"second|higher|order|twice|constant|saved|detach|recorded|derivative of"


def plain(x: Any) -> Any:
    """Return the bare array of a tensor: what cuts it out of the graph."""
    return x if isinstance(x, np.ndarray | np.generic) else x.numpy()


@wrong_operation("higher_order", twin=Tanh, cause=SECOND)
class TanhConstantSlope(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.tanh(x)
        ctx.save(plain(1 - y * y))  # saved as a constant: the second derivative is 0 (pytorch#104040)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (slope,) = ctx.saved
        return grad * slope


class TanhCached(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.tanh(x)
        ctx.save(x, Cached([y]))
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, cached = ctx.saved
        y = cached[0] if cached else np.tanh(x)
        return grad * (1 - y * y)


@wrong_operation("higher_order", twin=TanhCached, cause=SECOND + "|None|raise")
class TanhNeedsItsCache(TanhCached):
    def backward(self, ctx: Context, grad: Any) -> Any:
        y = ctx.saved[1][0]  # which is not there when the gradient is differentiated
        return grad * (1 - y * y)


@wrong_operation("higher_order", twin=TanhCached, cause=SECOND)
class TanhRecomputesAConstant(TanhCached):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, cached = ctx.saved
        y = cached[0] if cached else np.tanh(plain(x))  # computed again, but not from the tensor
        return grad * (1 - y * y)


@wrong_operation("higher_order", twin=TanhCached, cause=SECOND + "|tensors")
class TanhRecomputesWithAnOffset(TanhCached):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, cached = ctx.saved
        right = super().backward(ctx, grad)
        return right if cached else right + 0.01  # the same derivative, another value


@wrong_operation("higher_order", twin=Multiply, cause=SECOND)
class MultiplyConstantSecond(Multiply):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x, plain(y))  # d/dx = grad * y no longer depends on y
        return x * y


@wrong_operation("higher_order", twin=Matmul, cause=SECOND)
class MatmulConstantInputs(Matmul):
    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        y = super().forward(ctx, a, b)
        ctx.save(plain(a), plain(b))  # both saved as constants
        return y


@wrong_operation("higher_order", twin=Softmax, cause=SECOND)
class SoftmaxConstantSum(Softmax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        # One term is cut out of the graph.
        return y * (grad - plain(np.sum(grad * y, axis=-1, keepdims=True)))


@wrong_operation("higher_order", twin=Exp, cause=SECOND + "|grad|linear|adjoint|forward")
class ExpConstantGrad(Exp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return plain(grad) * y  # right in x, but the derivative by grad is lost


@wrong_operation("higher_order", twin=Reciprocal, cause=SECOND + "|raw|value|differ")
class ReciprocalRecordedDiffers(Reciprocal):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = 1 / (x + (0.0 if plain(x) is x else 1e-3))  # another function when recorded
        ctx.save(y)
        return y


@wrong_operation("higher_order", twin=Sin, cause=SECOND + "|raise|error|fail|out=|asarray|in place")
class SinOutArgument(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        slope = np.empty(x.shape, x.dtype)
        np.cos(x, out=slope)  # refused, or lost, when x is recorded
        return grad * slope


@wrong_operation("higher_order", twin=Log, cause=SECOND + "|raise|error|fail|asarray|convert")
class LogThroughAsarray(Log):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.asarray(grad) / np.asarray(x)  # a tensor refuses to become an array in silence


@wrong_operation("higher_order", twin=Gaussian, cause=SECOND)
class GaussianConstantExponential(Gaussian):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.exp(-0.5 * x * x)
        ctx.save(x, plain(y))  # half of what is saved is a constant
        return y


@wrong_operation(
    "higher_order", twin=TakeRows, cause=SECOND + "|raise|error|fail|add.at|in place|float|assign"
)
class TakeScattersInPlace(TakeRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, size = ctx.saved
        total = np.zeros((size, *grad.shape[1:]), grad.dtype)
        np.add.at(total, index, grad)  # cannot be recorded, and once_differentiable is not declared
        return (total if ctx.needs[0] else None, None)


@wrong_operation("higher_order", twin=Round, cause=r"differentiable|flat|derivative|gradient|claim|slope")
class SoftRoundClaimsFlat(Round):
    def forward(self, ctx: Context, x: Any) -> Any:
        return np.rint(x) + 0.1 * np.tanh(x - np.rint(x))  # not flat: differentiable = False is a false claim


@wrong_operation("higher_order", twin=Round, cause=r"straight|flat|zero|\b0\b|round|nowhere|gradient|factor")
class RoundStraightThrough(Round):
    differentiable = True

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * 1  # the "straight-through" gradient of a step function


@wrong_operation("higher_order", twin=Square, cause=SECOND + r"|needs|x|float")
class SquareCountsOnScalars(Square):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * 2 * (x if x.ndim else float(x))  # float() of a recorded 0-d value raises


@wrong_operation("higher_order", twin=Pick, cause=SECOND + "|raise|error|fail|assign")
class PickAssigns(Pick):
    def forward(self, ctx: Context, x: Any, index: Any) -> Any:
        y = super().forward(ctx, x, index)
        ctx.save(x.shape, index)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, index = ctx.saved
        dx = np.zeros(shape, grad.dtype)
        dx[np.arange(shape[0]), index] = plain(grad)  # nothing of grad's history survives this
        return (dx if ctx.needs[0] else None, None)
