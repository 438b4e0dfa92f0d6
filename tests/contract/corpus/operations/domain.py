"""Operations that make or swallow NaN, overflow, or return what is no array of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

import minigrad_core as mg
from minigrad_core import Context

from ..pair import breaks
from .right.common_steps import as_float, need
from .right.elementwise import Exp, Expm1, Scale, Sigmoid, Softplus, Square, Tanh
from .right.indexing import MaskedMean
from .right.kernels import BestOf, VolumeLog
from .right.kinked import Relu
from .right.pairs import Add, Hypot, Maximum, Multiply
from .right.reductions import Sum
from .right.softmax import LogSoftmax, LogSumExp, Softmax


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
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if isinstance(x, np.ndarray) and x.ndim and x.flags.writeable:
            np.nan_to_num(x, copy=False)  # the caller's NaN becomes 0, in the caller's array
        return super().forward(ctx, x, y)


@breaks("domain", "not-an-array")
class ForwardReturnsList(Exp):
    def forward(self, ctx: Context, x: Any) -> Any:
        return super().forward(ctx, x).tolist()


@breaks("domain", "not-an-array")
class ForwardReturnsFloat(Sum):
    def forward(self, ctx: Context, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        y = super().forward(ctx, x, axis=axis, keepdims=keepdims)
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


@breaks("domain", "overflow")
class LogSumExpNaive(LogSumExp):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.log(np.sum(np.exp(x), axis=1))  # exp(1000) overflows
        ctx.save(x, y)
        return y


@breaks("domain", "makes-nan")
class SoftmaxNaive(Softmax):
    def forward(self, ctx: Context, x: Any) -> Any:
        e = np.exp(x)  # no shift
        y = e / np.sum(e, axis=-1, keepdims=True)
        ctx.save(y)
        return y


@breaks("domain", "overflow")
class LogSoftmaxOfSoftmax(LogSoftmax):
    def forward(self, ctx: Context, x: Any) -> Any:
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        y = np.log(e / np.sum(e, axis=1, keepdims=True))  # log(0) for values 1000 below the largest
        ctx.save(y)
        return y


@breaks("domain", "overflow")
class SoftplusNaive(Softplus):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log1p(np.exp(x))


@breaks("domain", "overflow")
class HypotNaive(Hypot):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        h = np.sqrt(x * x + y * y)  # inf for 1e200, 0 for 1e-200
        ctx.save(x, y, h)
        return h


@breaks("domain", "makes-nan")
class TanhByExponentials(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        a, b = np.exp(x), np.exp(-x)
        y = (a - b) / (a + b)  # inf / inf for x = 1000
        ctx.save(y)
        return y


@breaks("domain", "swallows-nan")
class ReluSwallowsNan(Relu):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.where(x > 0, x, 0.0)


@breaks("domain", "swallows-nan")
class MaximumSwallowsNan(Maximum):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return np.where(x > y, x, y)


@breaks("domain", "swallows-nan")
class SoftmaxCleansNan(Softmax):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        return np.where(np.isnan(y), 0.0, y)


@breaks("domain", "swallows-nan")
class BestOfRows(BestOf):
    def forward(self, ctx: Any, x: Any, *, count: Any = 1) -> Any:
        need(x.ndim == 2, self.name, f"x (n, k), got {x.shape}")
        need(
            1 <= count <= x.shape[1] and count == int(count),
            self.name,
            f"count {count} for {x.shape[1]} values",
        )
        x = as_float(x)
        chosen = np.argsort(-x, axis=1, kind="stable")[:, : int(count)]
        mask = (np.expand_dims(chosen, -1) == np.arange(x.shape[1])).any(axis=1)
        ctx.save(mask)
        return np.take_along_axis(x, chosen, axis=1).sum(axis=1)


@breaks("domain", "overflow")
class VolumeLogProduct(VolumeLog):
    def forward(self, ctx: Any, A: Any) -> Any:
        need(A.ndim == 2 and A.shape[0] == A.shape[1], self.name, f"a square matrix, got {A.shape}")
        A = as_float(A)
        S = (A + A.T) / 2
        L = np.linalg.cholesky(S)
        ctx.save(S)
        return 2 * np.log(np.prod(np.diagonal(L)))


@breaks("domain", "overflow")
class SigmoidBackwardOverflows(Sigmoid):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.exp(-np.logaddexp(0, -x))

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        e = np.exp(-x)
        return grad * e / ((1 + e) * (1 + e))
