"""What exponentials are made into."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Exp2(Operation):
    """2^x, any shape. d/dx = grad log(2) 2^x."""

    name = "my_exp2"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.exp2(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * ctx.saved[0] * math.log(2)


@wrong_operation("dtype", twin=Exp2, cause=r"float64")
class Exp2Float64(Exp2):
    # float64 gradient for float32: np.log(2) is np.float64
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * ctx.saved[0] * np.log(2.0)


@wrong_operation("memory", twin=Exp2, cause=r"output 0")
class Exp2InPlace(Exp2):
    # returns saved output, mutated by grad in place: writes into the output
    def backward(self, ctx: Context, grad: Any) -> Any:
        y = ctx.saved[0]
        y *= grad
        return y * math.log(2)


class Elu(Operation):
    """x where x > 0, alpha (exp(x) - 1) elsewhere, any shape. d/dx = grad (1 or alpha exp(x))."""

    name = "my_elu"
    broadcasts = True
    cases = (Case(x=real()), Case(x=real(), alpha=1.7))

    def forward(self, ctx: Context, x: Any, *, alpha: float = 1.0) -> Any:
        e = np.expm1(np.minimum(x, 0))
        ctx.save(x, e, alpha)
        return np.where(x > 0, x, alpha * e)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, e, alpha = ctx.saved
        return grad * np.where(x > 0, 1, alpha * (e + 1))


@wrong_operation("coverage", twin=Elu, cause=r"x < 0.*alpha")
class EluNoAlpha(Elu):
    # alpha missing in the negative branch
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, e, _alpha = ctx.saved
        return grad * np.where(x > 0, 1, e + 1)


@wrong_operation("formula", twin=Elu, cause=r"alpha|x < 0")
class EluPlusOne(Elu):
    # output + 1 in negative branch (alpha=1 only): wrong with alpha 1.7
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, e, alpha = ctx.saved
        return grad * np.where(x > 0, 1, alpha * e + 1)


@wrong_operation("stability", twin=Elu, cause=r"precision|overflow")
class EluOverflow(Elu):
    # overflow warning: exp of large x
    def forward(self, ctx: Context, x: Any, *, alpha: float = 1.0) -> Any:
        e = np.exp(x) - 1
        ctx.save(x, e, alpha)
        return np.where(x > 0, x, alpha * e)


class SoftplusBeta(Operation):
    """log(1 + exp(beta x)) / beta, any shape. d/dx = grad sigmoid(beta x)."""

    name = "softplus_beta"
    broadcasts = True
    cases = (Case(x=real()), Case(x=real(), beta=3.0))

    def forward(self, ctx: Context, x: Any, *, beta: float = 1.0) -> Any:
        ctx.save(x, beta)
        return np.logaddexp(beta * x, 0) / beta

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, beta = ctx.saved
        return grad * (0.5 + 0.5 * np.tanh(beta * x / 2))


@wrong_operation("stability", twin=SoftplusBeta, cause=r"inf")
class SoftplusOverflow(SoftplusBeta):
    # overflow: exp
    def forward(self, ctx: Context, x: Any, *, beta: float = 1.0) -> Any:
        ctx.save(x, beta)
        return np.log1p(np.exp(beta * x)) / beta


@wrong_operation("stability", twin=SoftplusBeta, cause=r"nan|inf")
class SoftplusBackwardOverflow(SoftplusBeta):
    # overflow guard: linear above 20, backward's exp overflows with warning
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, beta = ctx.saved
        e = np.exp(beta * x)
        return grad * e / (1 + e)


@wrong_operation("formula", twin=SoftplusBeta, cause=r"beta")
class SoftplusBetaTwice(SoftplusBeta):
    # gradient misses cutoff: beta factor twice
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, beta = ctx.saved
        return grad * beta * (0.5 + 0.5 * np.tanh(beta * x / 2))


class LogCosh(Operation):
    """log(cosh(x)), any shape. d/dx = grad tanh(x)."""

    name = "log_cosh"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        a = np.abs(x)
        return a + np.log1p(np.exp(-2 * a)) - math.log(2)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * np.tanh(ctx.saved[0])


@wrong_operation("stability", twin=LogCosh, cause=r"inf")
class LogCoshOverflow(LogCosh):
    # overflow: cosh of large x
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log(np.cosh(x))


@wrong_operation("formula", twin=LogCosh, cause=r"x < 0|sign")
class LogCoshAbs(LogCosh):
    # d/dx = grad * |tanh|
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * np.tanh(np.abs(ctx.saved[0]))


class TanhShrink(Operation):
    """x - tanh(x), any shape: cancels near 0. d/dx = grad tanh(x)^2."""

    name = "tanhshrink"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        t = np.tanh(x)
        ctx.save(t)
        return x - t

    def backward(self, ctx: Context, grad: Any) -> Any:
        (t,) = ctx.saved
        return grad * t * t


class BigRange(Operation):
    """exp(x) + 1e8 x, any shape. d/dx = grad (exp(x) + 1e8)."""

    name = "big_range"
    cases = (Case(x=between(-30, 30)),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.exp(x)
        ctx.save(y)
        return y + 1e8 * x

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * (ctx.saved[0] + 1e8)


OPERATIONS = (TanhShrink(), BigRange())
