"""Arrays that are written to or handed out although they belong to somebody else.

The writes are made on `ndarray`s only, so that higher derivatives stay right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.elementwise import Exp, Scale, Square, Tanh
from .twins.kinked import HardTanh
from .twins.linalg import Dot
from .twins.pairs import Add, Multiply, Subtract
from .twins.reductions import LogSoftmax, Sum, kept
from .twins.shapes import Concatenate, Flatten, Halves, Transpose

if TYPE_CHECKING:
    from minigrad_core import Context

ALIAS = r"memory|alias|same array|share|view|copy|also the one"
WRITES = r"writ|chang|modif|mutat|in.?place|overwr|read-?only|purity"


@wrong_operation("memory", twin=Add, cause=ALIAS)
class AddSameArrayTwice(Add):
    def backward(self, ctx: Context, grad: Any) -> Any:
        both = grad * 1
        return both, both  # one array for two inputs


@wrong_operation("memory", twin=Subtract, cause=ALIAS)
class SubtractHandsOnGrad(Subtract):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (grad if ctx.needs[0] else None, -grad if ctx.needs[1] else None)  # grad itself, not a copy


@wrong_operation("memory", twin=Transpose, cause=ALIAS)
class TransposeGradView(Transpose):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad.T  # a view of grad


@wrong_operation("memory", twin=Sum, cause=ALIAS + r"|read-?only|writ|broadcast")
class SumBroadcastView(Sum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis = ctx.saved
        # A read-only view, many values in one place.
        return np.broadcast_to(kept(grad, x.shape, axis), x.shape)


@wrong_operation("memory", twin=Concatenate, cause=ALIAS)
class ConcatenateGradViews(Concatenate):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (n,) = ctx.saved
        return (grad[:n] if ctx.needs[0] else None, grad[n:] if ctx.needs[1] else None)  # views of grad


@wrong_operation("memory", twin=Flatten, cause=ALIAS)
class FlattenView(Flatten):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x.shape)
        return x.reshape(-1)  # a view of the input, if it is contiguous


@wrong_operation("memory", twin=Scale, cause=ALIAS + r"|input")
class ScaleByOneIsInput(Scale):
    def forward(self, ctx: Context, x: Any, *, factor: float) -> Any:
        ctx.save(factor)
        return x if factor == 1 else x * factor  # nothing to do: the input itself


@wrong_operation("memory", twin=HardTanh, cause=ALIAS + r"|input")
class HardTanhUnclippedIsInput(HardTanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        inside = isinstance(x, np.ndarray) and bool(np.all(np.abs(x) <= 1))
        return x if inside else y  # nothing to limit: the input itself


@wrong_operation("memory", twin=Halves, cause=ALIAS)
class HalvesViews(Halves):
    def forward(self, ctx: Context, x: Any) -> Any:
        return x[:, ::2], x[:, 1::2]  # views of the input


@wrong_operation("memory", twin=Dot, cause=ALIAS + r"|saved|input")
class DotHandsOutSaved(Dot):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        if isinstance(grad, np.ndarray | np.floating) and grad == 1:
            # Saves a product, gives itself away.
            return (y if ctx.needs[0] else None, x if ctx.needs[1] else None)
        return super().backward(ctx, grad)


@wrong_operation("memory", twin=Add, cause=ALIAS)
class AddViewOfTheOther(Add):
    def backward(self, ctx: Context, grad: Any) -> Any:
        both = grad * 1
        return both, both[...]  # two objects, one memory


@wrong_operation("memory", twin=Exp, cause=WRITES)
class ExpWritesGrad(Exp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        if isinstance(grad, np.ndarray) and isinstance(y, np.ndarray) and grad.flags.writeable:
            grad *= y  # in place: whoever else holds grad sees it
            return grad * 1
        return grad * y


@wrong_operation("memory", twin=LogSoftmax, cause=WRITES + "|input")
class LogSoftmaxWritesInput(LogSoftmax):
    def forward(self, ctx: Context, x: Any) -> Any:
        if isinstance(x, np.ndarray) and x.flags.writeable and x.size:
            x -= np.max(x, axis=1, keepdims=True)  # shifts the caller's array
        return super().forward(ctx, x)


@wrong_operation("memory", twin=Square, cause=WRITES + "|input")
class SquareWritesSavedInput(Square):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        if isinstance(x, np.ndarray) and x.flags.writeable and x.ndim:
            x *= 2  # what was saved is the caller's array
            return grad * x
        return super().backward(ctx, grad)


@wrong_operation("memory", twin=Tanh, cause=WRITES + "|output|twice|second")
class TanhWritesOutput(Tanh):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        if isinstance(y, np.ndarray) and y.ndim:
            np.subtract(1, np.multiply(y, y, out=y), out=y)  # what was saved is also the output
            return grad * y
        return super().backward(ctx, grad)


@wrong_operation("memory", twin=Multiply, cause=WRITES + "|mask|input|nan")
class MultiplyCleansInput(Multiply):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if isinstance(x, np.ndarray) and x.ndim and x.flags.writeable:
            np.nan_to_num(x, copy=False)  # the caller's NaN becomes 0, in the caller's array
        return super().forward(ctx, x, y)
