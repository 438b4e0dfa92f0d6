"""Right on paper; wrong in floating point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.elementwise import Expm1, Log1p, Sigmoid, Softplus, Tanh
from .twins.kinked import Elu, LogOfRelu, Relu
from .twins.pairs import Hypot, Maximum
from .twins.reductions import LogSoftmax, LogSumExp, Softmax, VarianceFarFromZero

if TYPE_CHECKING:
    from minigrad_core import Context

OVERFLOW = r"overflow|inf|nan|large|extreme|finite|warning"
PRECISION = r"precision|cancel|accura|float32|digits|small|tiny|round"
SWALLOWS = r"nan"
WARNS = r"warning|overflow|invalid|divide"


@wrong_operation("stability", twin=LogSumExp, cause=OVERFLOW)
class LogSumExpNaive(LogSumExp):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.log(np.sum(np.exp(x), axis=1))  # exp(1000) overflows
        ctx.save(x, y)
        return y


@wrong_operation("stability", twin=Log1p, cause=PRECISION)
class Log1pNaive(Log1p):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log(1 + x)  # 0 for x = 1e-20


@wrong_operation("stability", twin=Expm1, cause=PRECISION)
class Expm1Naive(Expm1):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.exp(x) - 1  # 0 for x = 1e-20


@wrong_operation("stability", twin=Sigmoid, cause=WARNS)
class SigmoidWarns(Sigmoid):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = 1 / (1 + np.exp(-x))  # right, but exp(1000) warns of an overflow
        ctx.save(y)
        return y


@wrong_operation("stability", twin=Sigmoid, cause=OVERFLOW)
class SigmoidBackwardOverflows(Sigmoid):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.exp(-np.logaddexp(0, -x))

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        e = np.exp(-x)
        return grad * e / ((1 + e) * (1 + e))  # inf / inf for x = -1000


@wrong_operation("stability", twin=Softmax, cause=OVERFLOW)
class SoftmaxNaive(Softmax):
    def forward(self, ctx: Context, x: Any) -> Any:
        e = np.exp(x)  # no shift
        y = e / np.sum(e, axis=-1, keepdims=True)
        ctx.save(y)
        return y


@wrong_operation("stability", twin=LogSoftmax, cause=OVERFLOW + "|divide")
class LogSoftmaxOfSoftmax(LogSoftmax):
    def forward(self, ctx: Context, x: Any) -> Any:
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        y = np.log(e / np.sum(e, axis=1, keepdims=True))  # log(0) for values 1000 below the largest
        ctx.save(y)
        return y


@wrong_operation("stability", twin=Softplus, cause=OVERFLOW)
class SoftplusNaive(Softplus):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log1p(np.exp(x))  # inf for x = 1000


@wrong_operation("stability", twin=Hypot, cause=OVERFLOW + "|underflow|tiny|zero")
class HypotNaive(Hypot):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        h = np.sqrt(x * x + y * y)  # inf for 1e200, 0 for 1e-200
        ctx.save(x, y, h)
        return h


@wrong_operation("stability", twin=Tanh, cause=OVERFLOW)
class TanhByExponentials(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        a, b = np.exp(x), np.exp(-x)
        y = (a - b) / (a + b)  # inf / inf for x = 1000
        ctx.save(y)
        return y


@wrong_operation("stability", twin=Elu, cause=WARNS)
class EluWarns(Elu):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.where(x > 0, x, np.expm1(x))  # the branch that is not taken overflows, with a warning


@wrong_operation("stability", twin=LogOfRelu, cause=WARNS + "|nan")
class LogOfReluWarns(LogOfRelu):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.where(x > 0, np.log1p(x), 0.0)  # log of negative numbers in the branch that is not taken


@wrong_operation("stability", twin=LogOfRelu, cause=r"nan|inf|finite|divide|warning|-1|x ?<|branch|where")
class LogOfReluLeaksNan(LogOfRelu):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / (1 + x) * (x > 0)  # inf * 0 at x = -1: the branch not taken leaks (autograd#802)


@wrong_operation("stability", twin=VarianceFarFromZero, cause=PRECISION)
class VarianceOfSquares(VarianceFarFromZero):
    def forward(self, ctx: Context, x: Any) -> Any:
        super().forward(ctx, x)
        _, k = ctx.saved
        mean = np.sum(x, axis=1) / k
        return np.sum(x * x, axis=1) / k - mean * mean  # cancels when the mean is far from 0


@wrong_operation("stability", twin=Relu, cause=SWALLOWS)
class ReluSwallowsNan(Relu):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.where(x > 0, x, 0.0)  # NaN > 0 is false: NaN becomes 0


@wrong_operation("stability", twin=Maximum, cause=SWALLOWS)
class MaximumSwallowsNan(Maximum):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return np.where(x > y, x, y)  # NaN in x is lost


@wrong_operation("stability", twin=Softmax, cause=SWALLOWS)
class SoftmaxCleansNan(Softmax):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        return np.where(np.isnan(y), 0.0, y)  # a diverged network looks healthy
