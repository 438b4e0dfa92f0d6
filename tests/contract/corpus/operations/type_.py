"""Operations of another type than their inputs, or less exact than their type allows."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context
from minigrad_core.cases import Case, between

from ..pair import breaks
from .right.reductions import MeanAndStd
from .right.shipped import ArcSinh, Log1p, Mean, Relu, Sin, Sum, Tanh
from .right.smooth import Scale, SineRatio, WeighedLog


@breaks("type", "overflow")
class ArcSinhCancels(ArcSinh):
    # log(x + sqrt(x^2+1)) cancels for negative x: -1000 gives log(0) in float32
    function = staticmethod(lambda x: np.log(x + np.hypot(x, 1)))


@breaks("type", "imprecise")
class ArcSinhEndsItsSeriesEarly(ArcSinh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        near, y = np.abs(x) < 1e-5, np.hypot(1, x)
        return grad * np.where(near, 1, (y - 1) * (y + 1) / np.where(near, 1, x * x) / y)


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
class MeanAccumulatesInDouble(Mean):
    def forward(self, ctx: Context, x: Any, **settings: Any) -> Any:
        return super().forward(ctx, x, **settings).astype(np.float64)


@breaks("type", "imprecise")
class SinSinglePrecision(Sin):
    function = staticmethod(lambda x: np.sin(x.astype(np.float32)).astype(x.dtype))


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
    function = staticmethod(lambda x: np.log(1 + x))


@breaks("type", "imprecise")
class SineRatioCancels(SineRatio):
    def near(self, x: Any) -> Any:
        return x == 0


@breaks("type", "imprecise")
class SumInHalfPrecision(Sum):
    def forward(self, ctx: Context, x: Any, **settings: Any) -> Any:
        y = super().forward(ctx, x, **settings)
        return y.astype(np.float16).astype(x.dtype) if x.dtype == np.float32 else y


@breaks("type", "overflow")
class TanhOverflows(Tanh):
    cases = Case(x=between(-30, 30, "...")), Case(x=between(-100, 100, "..."))
    function = staticmethod(lambda x: np.expm1(2 * x) / (np.expm1(2 * x) + 2))
