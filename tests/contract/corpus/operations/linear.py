"""Operations whose backward is not linear in grad."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.shipped import Abs, Exp, Square, Tanh
from .right.smooth import SineCosine, plain


@breaks("linear", "not-linear")
class TanhDropsSmallGrad(Tanh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, np.where(np.abs(grad) < 1e-3, 0.0, grad))


@breaks("linear", "not-adjoint")
class ExpReturnsSingle(Exp):
    def forward(self, ctx: Context, x: Any) -> Any:
        return super().forward(ctx, x).astype(np.float32)


@breaks("linear", "not-adjoint")
class ExpConstantGrad(Exp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return plain(grad) * y


@breaks("linear", "not-linear")
class SquareHalfRange(Square):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, np.minimum(np.maximum(grad, -65504.0), 65504.0))


@breaks("linear", "not-linear")
class SineCosineNeedsBoth(SineCosine):
    def backward(self, ctx: Context, grad: Any, grad_cos: Any) -> Any:
        (_x,) = ctx.saved
        if isinstance(grad_cos, np.ndarray) and not grad_cos.any():
            return grad_cos * 0  # nobody used the cosine: taken for nobody used anything
        return super().backward(ctx, grad, grad_cos)


@breaks("linear", "not-linear")
class AbsOfAConstantSlope(Abs):
    # at 0 a gradient of 1e-3 lies between the slopes, whatever grad is
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x == 0, 1e-3, grad * np.sign(x)).astype(grad.dtype)
