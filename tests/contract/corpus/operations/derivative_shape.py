"""Operations that return gradients of other shapes, too many, too few, or none."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core.cases import Case, axis_of, real

from ..pair import breaks
from .right.common_steps import as_float, need
from .right.complex_numbers import Framed
from .right.elementwise import Sqrt
from .right.features import SlidingDot
from .right.indexing import TakeAlong, onehot
from .right.layers import BatchMatmul
from .right.linalg import Affine, Outer
from .right.losses import CrossEntropy
from .right.outputs import Lookup
from .right.pairs import Add, Divide, Multiply
from .right.rearrangements import HaarPairs
from .right.shapes import AddColumn, Concat, PadConstant, Transpose

if TYPE_CHECKING:
    from minigrad_core import Context


@breaks("derivative", "gradient-shape")
class ConcatNegativeAxis(Concat):
    def backward(self, ctx: Context, grad: Any) -> Any:
        ends, axis = ctx.saved
        ctx.save(ends, max(axis, 0))  # -1 is taken for 0
        return super().backward(ctx, grad)


@breaks("derivative", "gradient-for-nothing")
class TakeAlongIndex(TakeAlong):
    # one gradient for a float-typed index
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, k = ctx.saved
        return np.einsum("nmk,nm->nk", onehot(index, k, grad.dtype), grad), np.zeros(index.shape, grad.dtype)


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


@breaks("derivative", "gradient-shape")
class FramedByTwo(Framed):
    # what comes after is always 2
    def backward(self, ctx: Any, grad: Any) -> Any:
        (before, _), _size = ctx.saved
        return grad[..., before:-2].copy()


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


@breaks("derivative", "gradient-shape")
class TransposeNotUndone(Transpose):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * 1


@breaks("derivative", "gradient-shape")
class BatchMatmulNotSummed(BatchMatmul):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, weight = ctx.saved
        return (
            grad @ weight.T if ctx.needs[0] else None,
            np.swapaxes(x, 1, 2) @ grad if ctx.needs[1] else None,  # one gradient per member of the batch
        )


@breaks("derivative", "gradient-shape")
class LookupUpToLargest(Lookup):
    def backward(self, ctx: Context, grad: Any) -> Any:
        index, shape = ctx.saved
        rows = int(np.max(index % shape[0])) + 1 if index.size else 0
        total = np.zeros((rows, *shape[1:]), grad.dtype)  # too few rows unless the last one was asked for
        np.add.at(total, index % shape[0], grad)
        return (total if ctx.needs[0] else None, None)


@breaks("derivative", "gradient-shape")
class HaarPairsOdd(HaarPairs):
    cases = (Case(x=real("4 6"), axis=axis_of("x")), Case(x=real("7 n"), axis=0))

    def forward(self, ctx: Any, x: Any, *, axis: Any = 0) -> Any:
        need(-x.ndim <= axis < x.ndim, self.name, f"axis {axis} for x {x.shape}")
        x = np.moveaxis(as_float(x), axis, 0)
        x = x[: len(x) // 2 * 2]
        ctx.save(axis)
        a, b = (x[0::2], x[1::2])
        return np.moveaxis(np.concatenate([a + b, a - b], axis=0) * sqrt(0.5), 0, axis).copy()


@breaks("derivative", "gradient-shape")
class SlidingDotRest(SlidingDot):
    def forward(self, ctx: Any, x: Any, w: Any, *, stride: Any = 1) -> Any:
        need(
            x.ndim == 3 and w.ndim == 3 and (x.shape[1] == w.shape[1]),
            self.name,
            f"x (n, c, t) and w (o, c, k), got {x.shape} and {w.shape}",
        )
        need(stride >= 1 and stride == int(stride), self.name, f"a whole stride of at least 1, got {stride}")
        need(1 <= w.shape[2] <= x.shape[2], self.name, f"w of 1 to {x.shape[2]} taps, got {w.shape[2]}")
        x, w, stride = (as_float(x), as_float(w), int(stride))
        places = np.arange((x.shape[2] - w.shape[2]) // stride + 1).reshape(-1, 1) * stride + np.arange(
            w.shape[2]
        )
        windows = x[:, :, places]
        ctx.save(windows, w, places, int(places.max()) + 1)
        return np.einsum("ncik,ock->noi", windows, w)
