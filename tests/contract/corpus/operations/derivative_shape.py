"""Operations that return gradients of other shapes, too many, too few, or none."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.shapes import PadConstant
from .right.shipped import Add, Affine, CrossEntropy, Divide, Multiply, Sqrt


@breaks("derivative", "gradient-shape")
class PadAfterZero(PadConstant):
    # grad[before:-after]: empty for after = 0
    def forward(self, ctx: Context, x: Any, *, before: int = 0, after: int = 0, value: float = 0.0) -> Any:
        if before < 0 or after < 0:
            raise ValueError("pad_last: negative widths")
        ctx.save(before, after)
        return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(before, after)], constant_values=value)

    def backward(self, ctx: Context, grad: Any) -> Any:
        before, after = ctx.saved
        return grad[..., before:-after] + 0


@breaks("derivative", "gradient-count")
class BackwardIsGenerator(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (g for g in super().backward(ctx, grad))


@breaks("derivative", "missing-gradient")
class MultiplyNoneForSecond(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, y = ctx.saved
        return (grad * y if ctx.needs[0] else None, None)


@breaks("derivative", "gradient-count")
class DivideOneGradient(Divide):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, y = ctx.saved
        return (grad / y,)


@breaks("derivative", "gradient-for-nothing")
class CrossEntropyGradientForLabels(CrossEntropy):
    def backward(self, ctx: Context, grad: Any) -> Any:
        for_logits, _, *others = super().backward(ctx, grad)
        return for_logits, np.zeros(3), *others


@breaks("derivative", "missing-gradient")
class BackwardForgetsReturn(Sqrt):
    def backward(self, ctx: Context, grad: Any) -> Any:
        super().backward(ctx, grad)


@breaks("derivative", "not-an-array")
class BackwardReturnsLists(Add):
    def backward(self, ctx: Context, grad: Any) -> Any:
        # Lists of floats for arrays.
        return tuple(None if g is None else g.tolist() for g in super().backward(ctx, grad))


@breaks("derivative", "gradient-shape")
class AffineBiasNotSummed(Affine):
    def backward(self, ctx: Context, grad: Any) -> Any:
        for_x, for_weight, *_ = super().backward(ctx, grad)
        return for_x, for_weight, grad * 1
