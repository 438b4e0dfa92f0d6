"""Operations whose results depend on the memory layout, on `needs`, on other calls, or on recording."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from minigrad_core import Context
from minigrad_core.cases import Case, real

from ..pair import breaks
from .right.indexing import ScatterRows
from .right.reductions import Dot
from .right.shapes import Flatten, Stride2
from .right.shipped import (
    CumulativeSum,
    Exp,
    Expm1,
    Multiply,
    Reciprocal,
    Sigmoid,
    Sin,
    Sinh,
    Softmax,
    Square,
    StackRows,
)
from .right.smooth import Blend, CountedRows, LogisticLoss, plain


@breaks("same", "depends-on-needs")
class StackRowsOnlyNeeded(StackRows):
    cases = (Case(arrays=(real("k"), real("k"), real("k"))),)

    def backward(self, ctx: Context, grad: Any) -> Any:
        needed = [i for i, need in enumerate(ctx.needs) if need]
        rows = iter(grad[: len(needed)])  # the first rows of grad, whichever inputs are needed
        return tuple(next(rows) * 1 if need else None for need in ctx.needs)


@breaks("same", "not-deterministic")
class Stride2Empty(Stride2):
    # np.empty instead of zeros
    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, step = ctx.saved
        out = np.empty(shape, grad.dtype)
        out[:, ::step] = grad
        return out


@breaks("same", "not-deterministic")
class TinyLocal(Sinh):
    # remembers the last input's context in a thread-local
    local = threading.local()

    def __reduce__(self) -> Any:
        return (type(self), ())

    def forward(self, ctx: Context, x: Any) -> Any:
        TinyLocal.local.x = x
        return np.sinh(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * np.cosh(TinyLocal.local.x)


@breaks("same", "depends-on-needs")
class MultiplySavesTheWrongOne(Multiply):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        # x is needed for y's gradient, and the other way round.
        ctx.save(x if ctx.needs[0] else None, y if ctx.needs[1] else None)
        return x * y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (grad * y if ctx.needs[0] else None, grad * x if ctx.needs[1] else None)


@breaks("same", "depends-on-needs")
class ScatterRowsTiedNeeds(ScatterRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (rows,) = ctx.saved
        both = ctx.needs[0] and ctx.needs[2]  # one alone gets nothing
        return (grad * 1 if ctx.needs[0] else None, None, grad[rows] * 1 if both else None)


@breaks("derivative", "recorded-gradient-differs")
class ReciprocalRecordedDiffers(Reciprocal):
    # Another function when recorded.
    function = staticmethod(lambda x: 1 / (x + (0.0 if plain(x) is x else 1e-3)))


@breaks("same", "depends-on-dtype")
class BlendWraps(Blend):
    # 1 - 2 is 255 beside two images of uint8
    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b, t = ctx.saved
        return grad * (1 - t), grad * t, grad * (b - a)


@breaks("same", "depends-on-dtype")
class BufferOfCounts(CountedRows):
    # the buffer has the dtype of the counts
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, index, count = ctx.saved
        gx = np.zeros(x.shape, count.dtype)
        np.add.at(gx, index, (grad * count[index, None]).astype(gx.dtype))
        return gx, None, super().backward(ctx, grad)[2]


@breaks("same", "depends-on-dtype")
class LabelsWrap(LogisticLoss):
    # 2 * 0 - 1 of uint8 is 255
    def forward(self, ctx: Any, x: Any, label: Any) -> Any:
        s = (2 * label - 1).astype(x.dtype)
        ctx.save(x, s)
        return np.logaddexp(0, -s * x)


@breaks("same", "depends-on-layout")
class FlattenInMemoryOrder(Flatten):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x.shape)
        # "K": the values in the order in which they happen to lie.
        return x.ravel(order="K") * 1 if isinstance(x, np.ndarray) else x.reshape(-1) * 1


@breaks("same", "depends-on-layout")
class SquareReadsGaps(Square):
    def forward(self, ctx: Context, x: Any) -> Any:
        if isinstance(x, np.ndarray) and x.ndim == 1 and x.size and x.strides[0] > 0:
            # Takes its neighbours to be adjacent.
            x = np.lib.stride_tricks.as_strided(x, strides=(x.itemsize,))
        return super().forward(ctx, x)


@breaks("same", "depends-on-layout")
class ExpOfBase(Exp):
    def forward(self, ctx: Context, x: Any) -> Any:
        base = x.base if isinstance(x, np.ndarray) else None
        same = isinstance(base, np.ndarray) and base.shape == x.shape and base.dtype == x.dtype
        return super().forward(ctx, base if same else x)


@breaks("same", "depends-on-layout")
class SinBroadcastGrad(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        if isinstance(grad, np.ndarray) and grad.size and 0 in grad.strides:
            # A shortcut for uniform gradients, also taken for grad of one stride 0.
            grad = grad.reshape(-1)[0]
        return super().backward(ctx, grad)


@breaks("same", "depends-on-layout")
class CumulativeSumOfContiguousGrad(CumulativeSum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        if isinstance(grad, np.ndarray):
            # An error unless grad is contiguous.
            grad = np.frombuffer(grad.data, grad.dtype).reshape(grad.shape)
        return super().backward(ctx, grad)


@breaks("same", "depends-on-layout")
class MultiplyInPlaceAndBack(Multiply):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if isinstance(x, np.ndarray) and x.ndim:
            x *= 2  # undone below, but a read-only x refuses, and another thread sees it
            product = x * y / 2
            x /= 2
            ctx.save(x, y)
            return product
        return super().forward(ctx, x, y)


SCRATCH: dict[str, Any] = {}


@breaks("same", "not-thread-safe")
class MultiplyInScratch(Multiply):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        SCRATCH["x"] = x  # shared by all threads: another one may come between these lines
        SCRATCH["y"] = y
        ctx.save(x, y)
        return SCRATCH["x"] * SCRATCH["y"]


@breaks("same", "depends-on-layout")
class SoftmaxSmallestStride(Softmax):
    def forward(self, ctx: Context, x: Any, *, axis: Any = -1) -> Any:
        if isinstance(x, np.ndarray) and x.ndim == 2 and x.flags.f_contiguous and min(x.shape) > 1:
            axis = 0  # the axis that is contiguous
        return super().forward(ctx, x, axis=axis)


@breaks("same", "depends-on-needs")
class OnlyNeededGradients(Multiply):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return tuple(g for g in super().backward(ctx, grad) if g is not None)


@breaks("same", "not-deterministic")
class SoftmaxWithNoise(Softmax):
    def forward(self, ctx: Context, x: Any, *, axis: Any = -1) -> Any:
        noise = np.random.default_rng().normal(size=x.shape)  # another result at each call
        return super().forward(ctx, x + 1e-3 * noise.astype(x.dtype), axis=axis)


@breaks("same", "not-deterministic")
class SigmoidAccumulates(Sigmoid):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        ctx.save(y, [])
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        y, seen = ctx.saved
        seen.append(grad * y * (1 - y))
        return sum(seen[1:], seen[0]) * 1


@breaks("same", "not-deterministic")
class DotConsumesSaved(Dot):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        product = super().forward(ctx, x, y)
        ctx.save([x, y])
        return product

    def backward(self, ctx: Context, grad: Any) -> Any:
        (saved,) = ctx.saved
        y, x = saved.pop(), saved.pop()  # nothing is left for a second backward
        return (grad * y if ctx.needs[0] else None, grad * x if ctx.needs[1] else None)


@breaks("same", "not-deterministic")
class Expm1GrowingDefault(Expm1):
    def forward(self, ctx: Context, x: Any, *, seen: list[int] = []) -> Any:  # noqa: B006 - the fault
        seen.append(len(seen))  # a mutable default: grows from call to call
        ctx.save(x, len(seen))
        return np.expm1(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, count = ctx.saved
        return grad * np.exp(x) * (1 if count < 10 else 1 + 1e-3)


@breaks("derivative", "wrong-gradient")
class SinBesideLargeValues(Sin):
    cases = (Case(x=real("...")),)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        right = super().backward(ctx, grad)
        return right if np.all(np.abs(x) < 500) else right * np.cos(x)  # one branch for all values
