"""Wrong dtypes, and gradients that are missing, superfluous or owed to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.elementwise import Exp, Scale, Sin, Tanh
from .twins.indexing import Pick
from .twins.kinked import HardTanh, Relu
from .twins.linalg import Affine, Dot, Trace
from .twins.losses import CrossEntropy
from .twins.pairs import Divide, Maximum, Multiply
from .twins.reductions import Mean, Softmax, Variance

if TYPE_CHECKING:
    from minigrad_core import Context

FLOAT64 = r"float64|dtype|promot|float32"
COUNT = r"number of|gradients?|expected|\b[123]\b|count|None|missing|too"
NONE = r"None|no gradient|missing|nothing"


@wrong_operation("dtype", twin=Relu, cause=FLOAT64)
class ReluIntegerMask(Relu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (x > 0).astype(int)  # float32 * int64 is float64


@wrong_operation("dtype", twin=HardTanh, cause=FLOAT64)
class HardTanhFloatMask(HardTanh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.where(np.abs(x) < 1, 1.0, 0.0)  # where() of two floats is float64


@wrong_operation("dtype", twin=Scale, cause=FLOAT64)
class ScaleNumpyScalar(Scale):
    def forward(self, ctx: Context, x: Any, *, factor: float) -> Any:
        ctx.save(factor)
        return x * np.float64(factor)  # a NumPy scalar promotes, a Python float does not


@wrong_operation("dtype", twin=Trace, cause=FLOAT64)
class TraceDefaultEye(Trace):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (eye,) = ctx.saved
        return grad * np.eye(*eye.shape)  # float64, whatever x was


@wrong_operation("dtype", twin=Mean, cause=FLOAT64)
class MeanAccumulatesInDouble(Mean):
    def forward(self, ctx: Context, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        y = super().forward(ctx, x, axis=axis, keepdims=keepdims)
        return y.astype(np.float64)  # and stays there


@wrong_operation("dtype", twin=Sin, cause=r"float32|float64|dtype|precision|digits|round|1e-0?[78]")
class SinSinglePrecision(Sin):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.sin(x.astype(np.float32)).astype(x.dtype)  # float64 in and out, half the digits in between


@wrong_operation("dtype", twin=Tanh, cause=r"float32|float64|dtype|precision|digits|round|1e-0?[78]")
class TanhSavesSingle(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.tanh(x)
        ctx.save(y.astype(np.float32))  # "to save memory"
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * (1 - y * y).astype(grad.dtype)


@wrong_operation("dtype", twin=Exp, cause=r"float32|dtype|float64")
class ExpReturnsSingle(Exp):
    def forward(self, ctx: Context, x: Any) -> Any:
        return super().forward(ctx, x).astype(np.float32)  # float32, whatever x was


@wrong_operation("dtype", twin=Softmax, cause=r"float16|dtype|precision|half|float32|float64")
class SoftmaxHalfPrecision(Softmax):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        product = (grad * y).astype(np.float16).astype(y.dtype)  # a "mixed precision" left in
        return y * (grad - np.sum(product, axis=-1, keepdims=True))


@wrong_operation("dtype", twin=Variance, cause=r"complex|dtype")
class VarianceComplex(Variance):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, grad) + 0j  # complex, with an imaginary part of zeros


@wrong_operation("dtype", twin=Multiply, cause=NONE)
class MultiplyNoneForSecond(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, y = ctx.saved
        return (grad * y if ctx.needs[0] else None, None)  # y is differentiable too


@wrong_operation("dtype", twin=Affine, cause=NONE)
class AffineNoneForBias(Affine):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dweight, _ = super().backward(ctx, grad)
        return dx, dweight, None  # the bias never learns


@wrong_operation("dtype", twin=Divide, cause=COUNT)
class DivideOneGradient(Divide):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, y = ctx.saved
        return (grad / y,)  # one gradient for two inputs


@wrong_operation("dtype", twin=Dot, cause=COUNT)
class DotThreeGradients(Dot):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (*super().backward(ctx, grad), None)  # three gradients for two inputs


@wrong_operation("dtype", twin=Pick, cause=COUNT + "|label|integer|index")
class PickBareArray(Pick):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (hot,) = ctx.saved
        return grad[:, None] * hot  # a bare array, though there are two inputs


@wrong_operation("dtype", twin=Maximum, cause=r"tuple|stack|array|gradients?|number|expected")
class MaximumStacked(Maximum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dy = super().backward(ctx, grad)
        if dx is None or dy is None:
            return dx, dy
        return np.stack((dx, dy))  # one array of two gradients instead of a tuple


@wrong_operation("dtype", twin=CrossEntropy, cause=r"integer|label|None|input 1|int")
class CrossEntropyGradientForLabels(CrossEntropy):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dlogits, _ = super().backward(ctx, grad)
        _, hot, _ = ctx.saved
        return dlogits, np.zeros(hot.shape[0])  # integer labels have no gradient
