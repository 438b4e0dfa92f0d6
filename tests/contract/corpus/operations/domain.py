"""Operations that make or swallow NaN, overflow, or return what is not an array of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

import minigrad_core as mg
from minigrad_core import Context
from minigrad_core.cases import Case, real

from ..pair import breaks
from .right.indexing import MaskedMean
from .right.shipped import Add, Expm1, Hypot, LogSoftmax, Maximum, Multiply, Sigmoid, Softmax, Square, Sum
from .right.smooth import Scale, VolumeLog


@breaks("domain", "not-an-array")
class ForwardReturnsMasked(Expm1):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        return np.ma.masked_array(y) if isinstance(x, np.ndarray) else y


@breaks("domain", "not-an-array")
class ForwardReturnsTensor(Sigmoid):
    def forward(self, ctx: Context, x: Any) -> Any:
        return mg.Tensor(super().forward(ctx, x))


@breaks("domain", "makes-nan")
class MaskedMeanOfNothing(MaskedMean):
    def forward(self, ctx: Context, x: Any, mask: Any) -> Any:
        if x.shape != mask.shape:
            raise ValueError(f"masked_mean: x {x.shape}, mask {mask.shape}")
        count = int(mask.sum())
        ctx.save(mask, count)
        return np.sum(np.where(mask, x, 0)) / count


@breaks("domain", "swallows-nan")
class MultiplyCleansInput(Multiply):
    implements = ()  # NumPy's function would read the cleaned array

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if isinstance(x, np.ndarray) and x.ndim and x.flags.writeable:
            np.nan_to_num(x, copy=False)  # the caller's NaN becomes 0, in the caller's array
        return super().forward(ctx, x, y)


@breaks("domain", "not-an-array")
class ForwardReturnsFloat(Sum):
    def forward(self, ctx: Context, x: Any, **settings: Any) -> Any:
        y = super().forward(ctx, x, **settings)
        return float(y) if isinstance(y, np.generic) else y


@breaks("domain", "not-finite")
class ForwardReturnsNan(Square):
    def forward(self, ctx: Context, x: Any) -> Any:
        return super().forward(ctx, x) * np.nan


@breaks("domain", "forward-raises")
class ForwardRaises(Scale):
    def forward(self, ctx: Context, x: Any, *, factor: float) -> Any:
        return super().forward(ctx, x, factor={"one": 1.0}[str(factor)])


@breaks("domain", "needs-cases")
class AddWithoutUnbroadcast(Add):
    broadcasts = False


@breaks("domain", "makes-nan")
class SoftmaxNaive(Softmax):
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any, *, axis: Any = -1) -> Any:
        super().forward(ctx, x, axis=axis)
        e = np.exp(x)  # no shift
        return e / np.sum(e, axis=axis, keepdims=True)


@breaks("domain", "overflow")
class LogSoftmaxOfSoftmax(LogSoftmax):
    def forward(self, ctx: Context, x: Any, *, axis: Any = -1) -> Any:
        return np.log(np.exp(super().forward(ctx, x, axis=axis)))  # log(0) for values 1000 below the largest


@breaks("domain", "overflow")
class HypotNaive(Hypot):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        h = np.sqrt(x * x + y * y)  # inf for 1e200, 0 for 1e-200
        ctx.save(x, y, h)
        return h


@breaks("domain", "swallows-nan")
class MaximumSwallowsNan(Maximum):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return np.where(x > y, x, y)


@breaks("domain", "overflow")
class VolumeLogProduct(VolumeLog):
    def doubled_log(self, roots: Any) -> Any:
        return 2 * np.log(np.prod(roots))


@breaks("domain", "makes-nan")
class SigmoidBackwardOverflows(Sigmoid):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.exp(-np.logaddexp(0, -x))

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        e = np.exp(-x)
        return grad * e / ((1 + e) * (1 + e))
