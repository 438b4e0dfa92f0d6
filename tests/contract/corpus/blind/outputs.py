"""Several outputs, noise, and what is kept between calls."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class SinPair:
    """(sin x, cos x), any shape. d/dx = g0 cos x - g1 sin x. Structural."""

    name = "sin_cos"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        s, c = np.sin(x), np.cos(x)
        ctx.save(s, c)
        return s, c

    def backward(self, ctx: Context, gs: Any, gc: Any) -> Any:
        s, c = ctx.saved
        return gs * c - gc * s


class Reparam(Operation):
    """mu + s noise, s = exp(log_sigma). d/dmu = grad, d/dlog_sigma = grad s noise, d/dnoise = grad s."""

    name = "reparam"
    broadcasts = True
    cases = (Case(mu=real(), log_sigma=between(-3, 3), noise=real()),)

    def forward(self, ctx: Context, mu: Any, log_sigma: Any, noise: Any) -> Any:
        s = np.exp(log_sigma)
        ctx.save(s, noise)
        return mu + s * noise

    def backward(self, ctx: Context, grad: Any) -> Any:
        s, noise = ctx.saved
        return grad.copy(), grad * s * noise, grad * s


class TinyGuard(Operation):
    """sinh(x) / 2, |x| < 5, any shape. d/dx = grad cosh(x) / 2."""

    name = "half_sinh"
    broadcasts = True
    cases = (Case(x=between(-5, 5)),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.sinh(x) / 2

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.cosh(x) / 2


@wrong_operation("protocol", twin=SinPair, cause=r"output 1")
class SinPairFirst(SinPair):
    # second output's gradient forgotten
    def backward(self, ctx: Context, gs: Any, gc: Any) -> Any:
        _s, c = ctx.saved
        return gs * c


@wrong_operation("formula", twin=SinPair, cause=r"output 1")
class SinPairSign(SinPair):
    # second output's sign
    def backward(self, ctx: Context, gs: Any, gc: Any) -> Any:
        s, c = ctx.saved
        return gs * c + gc * s


@wrong_operation("memory", twin=SinPair, cause=r"in place")
class SinPairInPlace(SinPair):
    # both outputs are one memory written later: in-place on saved
    once_differentiable = "in place"

    def backward(self, ctx: Context, gs: Any, gc: Any) -> Any:
        s, c = ctx.saved
        c *= gs
        c -= gc * s
        return c.copy()


@wrong_operation("memory", twin=Reparam, cause=r"shares memory")
class ReparamAlias(Reparam):
    # returns grad itself for mu
    def backward(self, ctx: Context, grad: Any) -> Any:
        s, noise = ctx.saved
        return grad, grad * s * noise, grad * s


@wrong_operation("formula", twin=Reparam, cause=r"exp")
class ReparamInner(Reparam):
    # inner derivative exp(log_sigma) missing
    def backward(self, ctx: Context, grad: Any) -> Any:
        s, noise = ctx.saved
        return grad.copy(), grad * noise, grad * s


@wrong_operation("dtype", twin=Reparam, cause=r"None")
class ReparamNone(Reparam):
    # None for noise, which is differentiable
    def backward(self, ctx: Context, grad: Any) -> Any:
        s, noise = ctx.saved
        return grad.copy(), grad * s * noise, None


@wrong_operation("formula", twin=TinyGuard, cause=r"1.0003")
class TinyFactor(TinyGuard):
    # factor 1.0003
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.cosh(x) * 0.50015


@wrong_operation("coverage", twin=TinyGuard, cause=r"1025")
class TinyBlocked(TinyGuard):
    # wrong only for arrays above 64 elements (a blocked path)
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        if x.size > 64:
            return grad * (1 + x * x / 2) / 2
        return grad * np.cosh(x) / 2


@wrong_operation("stability", twin=TinyGuard, cause=r"tiny")
class TinyNaive(TinyGuard):
    # naive (e^x - e^-x)/4 cancels for tiny values
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return (np.exp(x) - np.exp(-x)) / 4


@wrong_operation("state", twin=TinyGuard, cause=r"random state")
class TinySeed(TinyGuard):
    # global random state seeded in forward
    def forward(self, ctx: Context, x: Any) -> Any:
        np.random.seed(0)  # noqa: NPY002 - the fault
        ctx.save(x)
        return np.sinh(x) / 2


@wrong_operation("state", twin=TinyGuard, cause=r"thread")
class TinyThreads(TinyGuard):
    # a scratch buffer shared by threads (class level)
    once_differentiable = "scratch"
    scratch: dict[Any, Any] = {}  # noqa: RUF012 - the fault

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        if type(x) is not np.ndarray:
            return np.sinh(x) / 2
        buf = self.scratch.setdefault((x.shape, x.dtype.char), np.empty_like(x))
        np.sinh(x, out=buf)
        return np.asarray(buf / 2)


@wrong_operation("state", twin=TinyGuard, cause=r"another call|other call")
class TinyLocal(TinyGuard):
    # remembers the last input's context in a thread-local
    local = threading.local()

    def __reduce__(self) -> Any:
        return (type(self), ())

    def forward(self, ctx: Context, x: Any) -> Any:
        TinyLocal.local.x = x
        return np.sinh(x) / 2

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * np.cosh(TinyLocal.local.x) / 2
