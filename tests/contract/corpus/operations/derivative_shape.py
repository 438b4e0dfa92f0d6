"""Operations that return gradients of other shapes, too many, too few, or none."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.elementwise import Sqrt
from .right.linalg import Affine, Outer
from .right.losses import CrossEntropy
from .right.pairs import Add, Divide, Multiply
from .right.shapes import AddColumn, PadConstant


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
class BackwardIsGenerator(Outer):
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
        dlogits, _ = super().backward(ctx, grad)
        _, hot, _ = ctx.saved
        return dlogits, np.zeros(hot.shape[0])


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
        dx, dweight, _ = super().backward(ctx, grad)
        return dx, dweight, grad * 1 if ctx.needs[2] else None


@breaks("derivative", "gradient-shape")
class AddColumnLosesAxis(AddColumn):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (
            grad * 1 if ctx.needs[0] else None,
            np.sum(grad, axis=1) if ctx.needs[1] else None,  # (n,) for (n, 1)
        )
