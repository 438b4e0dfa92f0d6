"""Special functions, some over SciPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp  # type: ignore[import-untyped]  # SciPy ships no types

from minigrad_core import Operation
from minigrad_core.cases import Case, between, positive

from ..entry import wrong_operation


class LogNdtr(Operation):
    name = "log_ndtr2"
    broadcasts = True
    once_differentiable = "scipy's log_ndtr has no rule here"
    cases = (Case(x=between(-6, 6, "...")),)

    def forward(self, ctx: Any, x: Any) -> Any:
        y = sp.log_ndtr(x)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y = ctx.saved
        return grad * np.exp(-0.5 * x * x - 0.5 * np.log(2 * np.pi) - y).astype(grad.dtype)


@wrong_operation("coverage", twin=LogNdtr, cause=r"x <|small|large")
class LogndtrRatio(LogNdtr):
    # an epsilon for the tail, which it is not
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, _y = ctx.saved
        return grad * (np.exp(-0.5 * x * x) / (np.sqrt(2 * np.pi) * sp.ndtr(x) + 1e-3)).astype(grad.dtype)


class Gammaln(Operation):
    name = "gammaln2"
    broadcasts = True
    cases = (Case(x=between(0.3, 8, "...")),)
    once_differentiable = "digamma has no derivative here"

    def forward(self, ctx: Any, x: Any) -> Any:
        ctx.save(x)
        return sp.gammaln(x)

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * sp.digamma(x)


class Betaln:
    name = "betaln"
    broadcasts = True
    once_differentiable = True
    cases = (Case(a=between(0.3, 5, "..."), b=between(0.3, 5, "...")),)

    def forward(self, ctx: Any, a: Any, b: Any) -> Any:
        ctx.save(a, b)
        return sp.betaln(a, b)

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b = ctx.saved
        both = sp.digamma(a + b)
        ga = grad * (sp.digamma(a) - both) if ctx.needs[0] else None
        gb = grad * (sp.digamma(b) - both) if ctx.needs[1] else None
        return ga, gb


@wrong_operation("formula", twin=Betaln, cause=r"input 1|b ")
class BetalnCopyPaste(Betaln):
    # a copied line: b gets what a gets
    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b = ctx.saved
        both = sp.digamma(a + b)
        ga = grad * (sp.digamma(a) - both) if ctx.needs[0] else None
        gb = grad * (sp.digamma(a) - both) if ctx.needs[1] else None
        return ga, gb


class Sinc(Operation):
    name = "sinc_pi"
    broadcasts = True
    once_differentiable = "the series at 0 is cut"

    def forward(self, ctx: Any, x: Any) -> Any:
        ctx.save(x)
        return np.sinc(x)

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        px = np.pi * x
        small = np.abs(px) < 0.05
        safe = np.where(small, np.ones_like(px), px)
        big = np.pi * (np.cos(safe) - np.sin(safe) / safe) / safe
        ser = np.pi * (-px / 3 + px**3 / 30 - px**5 / 840)
        return grad * np.where(small, ser, big)


@wrong_operation("coverage", twin=Sinc, cause=r"small")
class SincZeroAtSmall(Sinc):
    # 0 for the series near 0
    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        px = np.pi * x
        small = np.abs(px) < 0.05
        safe = np.where(small, np.ones_like(px), px)
        big = np.pi * (np.cos(safe) - np.sin(safe) / safe) / safe
        return grad * np.where(small, 0 * px, big)


@wrong_operation("formula", twin=Sinc, cause=r"0.31831|pi|constant")
class SincNoPi(Sinc):
    # the inner derivative pi is missing
    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        px = np.pi * x
        small = np.abs(px) < 0.05
        safe = np.where(small, np.ones_like(px), px)
        big = np.pi * (np.cos(safe) - np.sin(safe) / safe) / safe
        ser = np.pi * (-px / 3 + px**3 / 30 - px**5 / 840)
        return grad * np.where(small, ser / np.pi, big / np.pi)


class Log1mExp(Operation):
    """log(1 - exp(-x)), x > 0, by Maechler's split."""

    name = "log1mexp"
    broadcasts = True
    cases = (Case(x=positive("...")),)

    def forward(self, ctx: Any, x: Any) -> Any:
        ctx.save(x)
        return np.where(x > 0.6931, np.log1p(-np.exp(-x)), np.log(-np.expm1(-x)))

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.exp(-x) / -np.expm1(-x)


@wrong_operation("stability", twin=Log1mExp, cause=r"precision")
class Log1mexpNaive(Log1mExp):
    # log(1 - exp(-x)) as it stands
    def forward(self, ctx: Any, x: Any) -> Any:
        ctx.save(x)
        return np.log(1 - np.exp(-x))


@wrong_operation("stability", twin=Log1mExp, cause=r"precision")
class Log1mexpNaiveBwd(Log1mExp):
    # 1 - exp(-x) for expm1
    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.exp(-x) / (1 - np.exp(-x))
