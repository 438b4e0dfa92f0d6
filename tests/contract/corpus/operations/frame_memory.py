"""Operations that share or hand out memory that is somebody else's."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.elementwise import Exp, Scale
from .right.kinked import HardTanh
from .right.layers import Conv2d, Unfold
from .right.linalg import Dot
from .right.outputs import Twice
from .right.pairs import Add, Subtract
from .right.reductions import Sum, kept
from .right.shapes import Flatten

WORK: dict[Any, Any] = {}


@breaks("frame", "reuses-buffer")
class Conv2dSharedBuffer(Conv2d):
    buffers: ClassVar[dict[Any, Any]] = {}

    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dkernel = super().backward(ctx, grad)
        buffer = self.buffers.setdefault((dx.shape, dx.dtype), np.empty_like(dx))
        buffer[...] = dx
        return buffer, dkernel


@breaks("frame", "output-shares-memory")
class TwiceOneArray(Twice):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = 2 * x
        return y, y


@breaks("frame", "output-shares-memory")
class UnfoldStrided(Unfold):
    def forward(self, ctx: Context, x: Any, *, size: int = 3, step: int = 1) -> Any:
        super().forward(ctx, x, size=size, step=step)
        return np.lib.stride_tricks.sliding_window_view(x, size)[::step]


@breaks("frame", "gradient-shares-memory")
class SubtractHandsOnGrad(Subtract):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (grad if ctx.needs[0] else None, -grad if ctx.needs[1] else None)


@breaks("frame", "gradient-shares-memory")
class SumBroadcastView(Sum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis = ctx.saved
        # A read-only view, many values in one place.
        return np.broadcast_to(kept(grad, x.shape, axis), x.shape)


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
class HardTanhUnclippedIsInput(HardTanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        inside = isinstance(x, np.ndarray) and bool(np.all(np.abs(x) <= 1))
        return x if inside else y


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
