"""Operations that share or hand out memory that is somebody else's."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.reductions import Dot
from .right.shapes import Flatten
from .right.shipped import Abs, Add, Exp, Multiply, Subtract, Sum, Unfold
from .right.smooth import Scale, Twice

WORK: dict[Any, Any] = {}


@breaks("frame", "reuses-buffer")
class MultiplySharedBuffer(Multiply):
    buffers: ClassVar[dict[Any, Any]] = {}

    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dy = super().backward(ctx, grad)
        if dx is None:
            return dx, dy
        buffer = self.buffers.setdefault((dx.shape, dx.dtype), np.empty_like(dx))
        buffer[...] = dx
        return buffer, dy


@breaks("frame", "output-shares-memory")
class TwiceOneArray(Twice):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = 2 * x
        return y, y


@breaks("frame", "output-shares-memory")
class UnfoldStrided(Unfold):
    returns_view = False


@breaks("frame", "gradient-shares-memory")
class SubtractHandsOnGrad(Subtract):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (grad if ctx.needs[0] else None, -grad if ctx.needs[1] else None)


@breaks("frame", "gradient-shares-memory")
class SumBroadcastView(Sum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, axis, *_ = ctx.saved
        # A read-only view, many values in one place.
        return np.broadcast_to(grad, shape) if axis is None else super().backward(ctx, grad)


@breaks("frame", "output-shares-memory")
class FlattenView(Flatten):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x.shape)
        return x.reshape(-1)


@breaks("frame", "returns-input")
class ScaleByOneIsInput(Scale):
    def forward(self, ctx: Context, x: Any, *, factor: float) -> Any:
        ctx.save(factor)
        return x if factor == 1 else x * factor


@breaks("frame", "returns-input")
class AbsOfPositiveIsInput(Abs):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        return x if isinstance(x, np.ndarray) and np.all(x > 0) else y


@breaks("frame", "gradient-shares-memory")
class DotHandsOutSaved(Dot):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        if isinstance(grad, np.ndarray | np.floating) and grad == 1:
            # Saves a product, gives itself away.
            return (y if ctx.needs[0] else None, x if ctx.needs[1] else None)
        return super().backward(ctx, grad)


@breaks("frame", "gradients-share-memory")
class AddViewOfTheOther(Add):
    def backward(self, ctx: Context, grad: Any) -> Any:
        both = grad * 1
        return both, both[...]


@breaks("frame", "writes-output")
class ExpReusesBuffer(Exp):
    buffers: ClassVar[dict[Any, Any]] = {}

    def forward(self, ctx: Context, x: Any) -> Any:
        if not isinstance(x, np.ndarray):
            return super().forward(ctx, x)
        # One output for all calls of a shape.
        y = self.buffers.setdefault((x.shape, x.dtype), np.empty_like(x))
        np.exp(x, out=y)
        ctx.save(y)
        return y
