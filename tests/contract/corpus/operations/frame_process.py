"""Operations that keep something, change what is global, or warn for nothing."""

from __future__ import annotations

import random
import threading
import warnings
from typing import Any, ClassVar

import numpy as np

from minigrad_core import Context

from ..pair import breaks
from .right.shipped import Hypot, Log1p, Matmul, Radians, Relu, Sigmoid, Sin, Softplus, Tanh
from .right.smooth import LogOfRelu, Scale


@breaks("frame", "changes-global-state")
class TanhSeedsPythonRandom(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        random.seed(1)  # the standard library's generator is global too
        return super().forward(ctx, x)


@breaks("frame", "state-on-self")
class ScaleRemembersFactor(Scale):
    factor: float | None = None

    def forward(self, ctx: Context, x: Any, *, factor: float) -> Any:
        self.factor = self.factor or factor  # the first factor for ever, in backward
        ctx.save(self.factor)
        return x * factor


@breaks("frame", "state-on-self")
class RadiansCachedDtype(Radians):
    constants: ClassVar[dict[str, Any]] = {}

    def backward(self, ctx: Context, grad: Any) -> Any:
        factor = self.constants.setdefault("factor", np.full((), np.pi / 180, grad.dtype))
        return grad * factor


@breaks("frame", "spurious-warning")
class Log1pAnnouncesItself(Log1p):
    def forward(self, ctx: Context, x: Any) -> Any:
        warnings.warn("log1p is experimental", stacklevel=2)  # at every call
        return super().forward(ctx, x)


@breaks("frame", "changes-global-state")
class StartsThreads(Hypot):
    # starts a timer at each call
    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        timer = threading.Timer(2.0, int)
        timer.daemon = True
        timer.start()
        return super().forward(ctx, x, y)


@breaks("frame", "changes-global-state")
class SetsPrintOptions(Hypot):
    # prints fewer digits, and everybody with it
    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        np.set_printoptions(precision=4)
        return super().forward(ctx, x, y)


@breaks("frame", "spurious-warning")
class SigmoidWarns(Sigmoid):
    def forward(self, ctx: Context, x: Any) -> Any:
        super().forward(ctx, x)
        return 1 / (1 + np.exp(-x))  # right, but exp(1000) warns of an overflow


@breaks("frame", "spurious-warning")
class LogOfReluWarns(LogOfRelu):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.where(x > 0, np.log1p(x), 0.0)


@breaks("frame", "state-on-self")
class TanhCachesByShape(Tanh):
    slopes: ClassVar[dict[Any, Any]] = {}

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.tanh(x)
        ctx.save(self.slopes.setdefault((x.shape, type(x)), 1 - y * y))  # the first call's slope for ever
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (slope,) = ctx.saved
        return grad * slope


@breaks("frame", "state-on-self")
class MatmulCachesTranspose(Matmul):
    transposed: ClassVar[dict[int, Any]] = {}

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        product = super().forward(ctx, x, y)
        if isinstance(y, np.ndarray):
            # Keyed by identity: stale once y is updated in place, or when its id is used again.
            ctx.save(x, self.transposed.setdefault(id(y), y.T.copy()).T)
        return product


@breaks("frame", "changes-global-state")
class ReluConsumesRandomState(Relu):
    def forward(self, ctx: Context, x: Any) -> Any:
        np.random.random()  # noqa: NPY002 - the fault: draws from the global generator
        return super().forward(ctx, x)


@breaks("frame", "changes-global-state")
class SinSeedsRandomState(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        np.random.seed(0)  # noqa: NPY002 - the fault: "for reproducibility"
        return super().backward(ctx, grad)


@breaks("frame", "changes-global-state")
class Log1pSilencesWarnings(Log1p):
    def forward(self, ctx: Context, x: Any) -> Any:
        warnings.simplefilter("ignore")  # for everybody, for ever
        return super().forward(ctx, x)


@breaks("frame", "state-on-self")
class SoftplusWarmsUp(Softplus):
    calls = 0

    def backward(self, ctx: Context, grad: Any) -> Any:
        self.calls += 1
        return super().backward(ctx, grad) * min(1.0, self.calls / 20)
