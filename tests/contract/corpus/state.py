"""Operations that remember, or that leave something behind in the process."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .entry import wrong_operation
from .twins.elementwise import Exp, Expm1, Log, Log1p, Sigmoid, Sin, Softplus, Square, Tanh
from .twins.kinked import Relu
from .twins.linalg import Dot, Matmul
from .twins.pairs import Multiply
from .twins.reductions import Softmax

if TYPE_CHECKING:
    from minigrad_core import Context

STATE = r"state|self|second|two |again|twice|interfer|disturb|earlier|kept|attribute|differ|same"
RANDOM = r"random|seed|rng|global|determin|differ|again"


@wrong_operation("state", twin=Square, cause=STATE)
class SquareOnSelf(Square):
    x: Any = None

    def forward(self, ctx: Context, x: Any) -> Any:
        self.x = x  # belongs into ctx: the next forward overwrites it
        return x * x

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * (2 * self.x)


@wrong_operation("state", twin=Exp, cause=STATE + r"|buffer|memory|share|output")
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


@wrong_operation("state", twin=Tanh, cause=STATE + "|cache|shape")
class TanhCachesByShape(Tanh):
    slopes: ClassVar[dict[Any, Any]] = {}

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.tanh(x)
        ctx.save(self.slopes.setdefault((x.shape, type(x)), 1 - y * y))  # the first call's slope for ever
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (slope,) = ctx.saved
        return grad * slope


@wrong_operation("state", twin=Matmul, cause=STATE + "|cache|chang|stale")
class MatmulCachesTranspose(Matmul):
    transposed: ClassVar[dict[int, Any]] = {}

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        y = super().forward(ctx, a, b)
        if isinstance(b, np.ndarray):
            # Keyed by identity: stale once b is updated in place, or when its id is used again.
            ctx.save(a, self.transposed.setdefault(id(b), b.T.copy()).T)
        return y


@wrong_operation("state", twin=Relu, cause=RANDOM)
class ReluConsumesRandomState(Relu):
    def forward(self, ctx: Context, x: Any) -> Any:
        np.random.random()  # noqa: NPY002 - the fault: draws from the global generator
        return super().forward(ctx, x)


@wrong_operation("state", twin=Sin, cause=RANDOM)
class SinSeedsRandomState(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        np.random.seed(0)  # noqa: NPY002 - the fault: "for reproducibility"
        return super().backward(ctx, grad)


@wrong_operation("state", twin=Softmax, cause=RANDOM)
class SoftmaxWithNoise(Softmax):
    def forward(self, ctx: Context, x: Any) -> Any:
        noise = np.random.default_rng().normal(size=x.shape)  # another result at each call
        return super().forward(ctx, x + 1e-3 * noise.astype(x.dtype))


@wrong_operation("state", twin=Log, cause=r"errstate|error state|seterr|floating.point|global|state|warning")
class LogSetsErrorState(Log):
    def forward(self, ctx: Context, x: Any) -> Any:
        np.seterr(divide="ignore", invalid="ignore")  # for everybody, for ever
        return super().forward(ctx, x)


@wrong_operation("state", twin=Log1p, cause=r"warning|filter|global|state")
class Log1pSilencesWarnings(Log1p):
    def forward(self, ctx: Context, x: Any) -> Any:
        warnings.simplefilter("ignore")  # for everybody, for ever
        return super().forward(ctx, x)


@wrong_operation("state", twin=Sigmoid, cause=STATE + "|accumul|saved|backward")
class SigmoidAccumulates(Sigmoid):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        ctx.save(y, [])
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        y, seen = ctx.saved
        seen.append(grad * y * (1 - y))
        return sum(seen[1:], seen[0]) * 1  # the second backward returns the sum of both


@wrong_operation("state", twin=Dot, cause=STATE + "|saved|backward|pop|raise|empty|IndexError")
class DotConsumesSaved(Dot):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        product = super().forward(ctx, x, y)
        ctx.save([x, y])
        return product

    def backward(self, ctx: Context, grad: Any) -> Any:
        (saved,) = ctx.saved
        y, x = saved.pop(), saved.pop()  # nothing is left for a second backward
        return (grad * y if ctx.needs[0] else None, grad * x if ctx.needs[1] else None)


@wrong_operation("state", twin=Softplus, cause=STATE + "|call|count|first")
class SoftplusWarmsUp(Softplus):
    calls = 0

    def backward(self, ctx: Context, grad: Any) -> Any:
        self.calls += 1
        return super().backward(ctx, grad) * min(1.0, self.calls / 20)  # right from the twentieth call on


@wrong_operation("state", twin=Multiply, cause=STATE + r"|thread|global|scratch")
class MultiplyScratch(Multiply):
    scratch: ClassVar[dict[str, Any]] = {}

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        self.scratch.update(x=x, y=y)  # shared by all threads: another one may come between these lines
        product = x * y
        ctx.save(self.scratch["x"], self.scratch["y"])
        return product


@wrong_operation("state", twin=Expm1, cause=STATE + "|setting|default|mutable")
class Expm1GrowingDefault(Expm1):
    def forward(self, ctx: Context, x: Any, *, seen: list[int] = []) -> Any:  # noqa: B006 - the fault
        seen.append(len(seen))  # a mutable default: grows from call to call
        ctx.save(x, len(seen))
        return np.expm1(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, count = ctx.saved
        return grad * np.exp(x) * (1 if count < 10 else 1 + 1e-3)
