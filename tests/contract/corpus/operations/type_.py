"""Operations of another type than their inputs, or less exact than their type allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..pair import breaks
from .right.averages import SumSquares
from .right.common_steps import as_float, need
from .right.elementwise import Expm1, Log1p, Scale, Sin
from .right.kernels import SineRatio, _even
from .right.kinked import Relu
from .right.linalg import Trace
from .right.outputs import MeanAndStd, SafeDivide
from .right.rearrangements import CountLoss
from .right.reductions import Mean
from .right.smooth import ArcSinh, Log1mExp, Power, WeighedLog

if TYPE_CHECKING:
    from minigrad_core import Context


@breaks("type", "imprecise")
class PowerHalf(Power):
    # float32 gradients computed in float16
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        logs = np.log(x.astype(np.float16)).astype(x.dtype) if x.dtype == np.float32 else np.log(x)
        return grad * y * x ** (y - 1), grad * x**y * logs


@breaks("type", "imprecise")
class ArcSinhCancels(ArcSinh):
    # precision: log(x + sqrt(x^2+1)) cancels for negative x
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log(x + np.hypot(x, 1))


@breaks("type", "imprecise")
class SumSquaresHalf(SumSquares):
    # accumulates in float16
    def forward(
        self, ctx: Context, x: Any, *, axis: int | tuple[int, ...] | None = None, keepdims: bool = False
    ) -> Any:
        ctx.save(x, axis, keepdims)
        if x.dtype == np.float32:
            return np.sum((x * x).astype(np.float16), axis=axis, keepdims=keepdims).astype(x.dtype)
        return np.sum(x * x, axis=axis, keepdims=keepdims)


@breaks("type", "wrong-dtype")
class ReluIntegerMask(Relu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (x > 0).astype(int)


@breaks("type", "wrong-dtype")
class ScaleNumpyScalar(Scale):
    def forward(self, ctx: Context, x: Any, *, factor: float) -> Any:
        ctx.save(factor)
        return x * np.float64(factor)


@breaks("type", "wrong-dtype")
class TraceDefaultEye(Trace):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (eye,) = ctx.saved
        return grad * np.eye(*eye.shape)


@breaks("type", "wrong-dtype")
class MeanAccumulatesInDouble(Mean):
    def forward(self, ctx: Context, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        y = super().forward(ctx, x, axis=axis, keepdims=keepdims)
        return y.astype(np.float64)


@breaks("type", "imprecise")
class SinSinglePrecision(Sin):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.sin(x.astype(np.float32)).astype(x.dtype)


@breaks("type", "wrong-dtype")
class SafeDividePromotes(SafeDivide):
    def forward(self, ctx: Context, x: Any, y: Any, *, fill: float = 0.0) -> Any:
        zero = y == 0
        below = np.where(zero, np.float64(1), y)  # a NumPy scalar promotes
        ctx.save(x, below, zero)
        return np.where(zero, fill, x / below)


@breaks("type", "imprecise")
class MeanAndStdBySquares(MeanAndStd):
    def forward(self, ctx: Context, x: Any, *, ddof: int = 0) -> Any:
        if not 0 <= ddof < x.shape[0]:
            raise ValueError(f"mean_and_std: ddof {ddof} for {x.shape[0]} rows")
        n = x.shape[0]
        mean = np.mean(x, axis=0)
        var = (np.mean(x * x, axis=0) - mean * mean) * (n / (n - ddof))
        std = np.sqrt(np.maximum(var, 0))
        ctx.save(x - mean, std, n - ddof)
        return mean, std


@breaks("type", "imprecise")
class Log1mexpNaiveBwd(Log1mExp):
    # 1 - exp(-x) for expm1
    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.exp(-x) / (1 - np.exp(-x))


@breaks("type", "imprecise")
class WeighedLogOfSum(WeighedLog):
    # 1 + x has lost x
    def forward(self, ctx: Any, w: Any, x: Any) -> Any:
        ctx.save(w, x)
        return w * np.log(1 + x)

    def backward(self, ctx: Any, grad: Any) -> Any:
        w, x = ctx.saved
        return grad * np.log(1 + x), grad * w / (1 + x)


@breaks("type", "imprecise")
class Log1pNaive(Log1p):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log(1 + x)


@breaks("type", "imprecise")
class Expm1Naive(Expm1):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.exp(x) - 1


@breaks("type", "imprecise")
class SineRatioCancels(SineRatio):
    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        near = x == 0
        small, wide = (np.where(near, x, 0), np.where(near, 1, x))
        slope = np.where(near, small * _even(small**2, 1), (np.cosh(wide) - np.sinh(wide) / wide) / wide)
        return grad * slope


@breaks("type", "wrong-dtype")
class CountLossUnsigned(CountLoss):
    def forward(self, ctx: Any, x: Any, t: Any) -> Any:
        need(
            x.ndim == 2 and x.shape == t.shape and (x.size > 0),
            self.name,
            f"two (n, k) with values, got {x.shape} and {t.shape}",
        )
        x = as_float(x)
        counts = t
        rate = np.exp(x)
        ctx.save(rate, counts)
        return (rate - counts * x).mean()

    def backward(self, ctx: Any, grad: Any) -> Any:
        rate, counts = ctx.saved
        return ((rate + -counts) * (grad / counts.size), None)
