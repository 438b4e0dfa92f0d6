"""Operations that write to what they were given, or have returned."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, real

from ..pair import breaks
from .right.indexing import TakeRows
from .right.shipped import Exp, LogSoftmax, Multiply, Sin, Square, Tanh


@breaks("frame", "writes-input")
class ExpFreezesInput(Exp):
    def forward(self, ctx: Context, x: Any) -> Any:
        if isinstance(x, np.ndarray):
            x.flags.writeable = False  # nobody may change the caller's array any more
        return super().forward(ctx, x)


@breaks("frame", "writes-grad")
class SinReshapesGrad(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        if isinstance(grad, np.ndarray) and grad.ndim == 2 and grad.flags.c_contiguous:
            grad.shape = (-1,)  # the caller's array has another shape now
            return (grad * np.cos(x).reshape(-1)).reshape(x.shape)
        return grad * np.cos(x)


@breaks("frame", "writes-input")
class TakeSortsIndex(TakeRows):
    def forward(self, ctx: Context, table: Any, index: Any) -> Any:
        out = super().forward(ctx, table, index * 1)
        if isinstance(index, np.ndarray) and index.flags.writeable:
            index.sort()  # the caller's indices, now in order
        return out


@breaks("frame", "writes-grad")
class MultiplyWritesGrad(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        gradients = super().backward(ctx, grad)
        if isinstance(grad, np.ndarray) and grad.flags.writeable and not ctx.needs[0]:
            grad *= 2  # in place, if only the second input needs a gradient
        return gradients


@breaks("frame", "writes-input")
class LogSoftmaxWritesInput(LogSoftmax):
    def forward(self, ctx: Context, x: Any, *, axis: Any = -1) -> Any:
        if isinstance(x, np.ndarray) and x.flags.writeable and x.size:
            x -= np.max(x, axis=axis, keepdims=True)  # shifts the caller's array
        return super().forward(ctx, x, axis=axis)


@breaks("frame", "writes-input")
class SquareWritesSavedInput(Square):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        if isinstance(x, np.ndarray) and x.flags.writeable and x.ndim:
            x *= 2  # what was saved is the caller's array
            return grad * x
        return super().backward(ctx, grad)


@breaks("frame", "writes-output")
class TanhWritesOutput(Tanh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        if isinstance(y, np.ndarray) and y.ndim:
            np.subtract(1, np.multiply(y, y, out=y), out=y)  # what was saved is also the output
            return grad * y
        return super().backward(ctx, grad)


class Windowed(Operation):
    """window * x, x: (n, 3). d/dx = grad window."""

    name = "windowed"
    cases = (Case(x=real("n 3"), window=np.array([1.0, 2.0, 1.0])),)

    def forward(self, ctx: Context, x: Any, *, window: Any) -> Any:
        ctx.save(window)
        return x * window.astype(x.dtype)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (window,) = ctx.saved
        return grad * window.astype(grad.dtype)


@breaks("frame", "writes-input", right=Windowed)
class WindowedNormalizes(Windowed):
    def forward(self, ctx: Context, x: Any, *, window: Any) -> Any:
        window /= window.sum()  # the caller's array
        return super().forward(ctx, x, window=window)
