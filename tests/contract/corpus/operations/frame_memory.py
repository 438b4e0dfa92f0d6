"""Operations that share or hand out memory that is somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..pair import breaks
from .right.common_steps import as_floats
from .right.elementwise import Exp, Scale
from .right.features import SmoothGate, TwoSides
from .right.kinked import HardTanh
from .right.layers import Conv2d, Unfold
from .right.linalg import Dot
from .right.outputs import Twice
from .right.pairs import Add, Subtract
from .right.reductions import Sum, kept
from .right.shapes import Concatenate, Flatten, Halves, LeakyIntegrator, Transpose

if TYPE_CHECKING:
    from minigrad_core import Context

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


@breaks("frame", "gradient-shares-memory")
class LeakyIntegratorHandsOutSaved(LeakyIntegrator):
    def backward(self, ctx: Context, grad: Any) -> Any:
        h, _decay = ctx.saved
        dx, ddecay = super().backward(ctx, grad)
        if dx is not None:
            h[...] = dx  # reuses what forward saved as memory for the gradient
            dx = h
        return dx, ddecay


@breaks("frame", "output-shares-memory")
class UnfoldStrided(Unfold):
    def forward(self, ctx: Context, x: Any, *, size: int = 3, step: int = 1) -> Any:
        super().forward(ctx, x, size=size, step=step)
        return np.lib.stride_tricks.sliding_window_view(x, size)[::step]


@breaks("frame", "gradients-share-memory")
class AddSameArrayTwice(Add):
    def backward(self, ctx: Context, grad: Any) -> Any:
        both = grad * 1
        return both, both


@breaks("frame", "gradient-shares-memory")
class SubtractHandsOnGrad(Subtract):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (grad if ctx.needs[0] else None, -grad if ctx.needs[1] else None)


@breaks("frame", "gradient-shares-memory")
class TransposeGradView(Transpose):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad.T


@breaks("frame", "gradient-shares-memory")
class SumBroadcastView(Sum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis = ctx.saved
        # A read-only view, many values in one place.
        return np.broadcast_to(kept(grad, x.shape, axis), x.shape)


@breaks("frame", "gradient-shares-memory")
class ConcatenateGradViews(Concatenate):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (n,) = ctx.saved
        return (grad[:n] if ctx.needs[0] else None, grad[n:] if ctx.needs[1] else None)


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


@breaks("frame", "output-shares-memory")
class HalvesViews(Halves):
    def forward(self, ctx: Context, x: Any) -> Any:
        return x[:, ::2], x[:, 1::2]


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


@breaks("frame", "reuses-buffer")
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


@breaks("frame", "output-shares-memory")
class TwoSidesBuffer(TwoSides):
    def forward(self, ctx: Any, x: Any) -> Any:
        x = as_floats(x)
        ctx.save(np.sign(x))
        up = np.maximum(x, 0)
        down = up if type(up) is np.ndarray else up + 0
        down -= x
        return (up, down)


@breaks("frame", "reuses-buffer")
class SmoothGateScratch(SmoothGate):
    def forward(self, ctx: Any, x: Any) -> Any:
        x = as_floats(x)
        t = np.tanh(np.logaddexp(0, x))
        ctx.save(x, t)
        if type(x) is not np.ndarray:
            return x * t
        return np.multiply(x, t, out=WORK.setdefault((x.shape, x.dtype), np.empty(x.shape, x.dtype)))
