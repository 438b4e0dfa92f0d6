"""Right functions that are smooth, or smooth but for a kink."""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np

from minigrad_core import Cached, Context, Operation
from minigrad_core.cases import Case, between, dominant, index_into, integers, positive, real

from .shipped import Tanh


def plain(x: Any) -> Any:
    """Return the bare array of a tensor: what cuts it out of the graph."""
    return x if isinstance(x, np.ndarray | np.generic) else x.numpy()


class TanhCached(Tanh):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.tanh(x)
        ctx.save(x, Cached([y]))
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, cached = ctx.saved
        y = cached[0] if cached else np.tanh(x)
        return grad * (1 - y * y)


class Blend(Operation):
    """(1 - t) a + t b, broadcasting. d/da = grad (1 - t), d/db = grad t, d/dt = grad (b - a)."""

    name = "blend"
    broadcasts = True

    def forward(self, ctx: Any, a: Any, b: Any, t: Any) -> Any:
        ctx.save(a, b, t)
        return a * (1 - t) + b * t

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b, t = ctx.saved
        return grad * (1 - t), grad * t, grad * b - grad * a


class CountedRows(Operation):
    """The rows of x at index, each times its count; x: (n, k), index: (m,), count: (n,).

    d/dx = grad count, added up by row; d/dcount = grad x, summed over the row.
    """

    name = "counted_rows"
    cases = (Case(x=real("n k"), index=index_into("x", axis=0, shape="m"), count=real("n")),)
    once_differentiable = "np.add.at writes into an array"

    def forward(self, ctx: Any, x: Any, index: Any, count: Any) -> Any:
        ctx.save(x, index, count)
        return x[index] * count[index, None]

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, index, count = ctx.saved
        gx, gc = np.zeros(x.shape, grad.dtype), np.zeros(count.shape, grad.dtype)
        np.add.at(gx, index, grad * count[index, None])
        np.add.at(gc, index, (grad * x[index]).sum(axis=1))
        return gx, None, gc


class LogisticLoss(Operation):
    """log(1 + e^(-s x)), s being 1 for the label 1 and -1 for 0, by value. d/dx = -grad s / (1 + e^(s x))."""

    name = "logistic_loss"
    cases = (Case(x=real("n"), label=integers(0, 2, "n")),)

    def forward(self, ctx: Any, x: Any, label: Any) -> Any:
        s = 2 * label.astype(x.dtype) - 1
        ctx.save(x, s)
        return np.logaddexp(0, -s * x)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, s = ctx.saved
        return -0.5 * grad * s * (1 - np.tanh(0.5 * s * x)), None


class WholePower(Operation):
    """x^n, broadcasting, for whole n >= 0. d/dx = grad n x^(n - 1)."""

    name = "whole_power"
    broadcasts = True
    cases = (Case(x=real(), n=integers(0, 5)),)

    def forward(self, ctx: Any, x: Any, n: Any) -> Any:
        ctx.save(x, n)
        return x ** n.astype(x.dtype)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, n = ctx.saved
        return grad * (n * x ** np.maximum(n - 1, 0)).astype(grad.dtype), None


class WeighedLog(Operation):
    """w log(1 + x), broadcasting, x > 0. d/dw = grad log(1 + x), d/dx = grad w / (1 + x)."""

    name = "weighed_log"
    broadcasts = True
    cases = (Case(w=real(), x=positive()),)

    def forward(self, ctx: Any, w: Any, x: Any) -> Any:
        ctx.save(w, x)
        return w * np.log1p(x)

    def backward(self, ctx: Any, grad: Any) -> Any:
        w, x = ctx.saved
        return grad * np.log1p(x), grad * w / (1 + x)


class ShiftedLog(Operation):
    """x log(y), broadcasting, 1 < y < 3. d/dx = grad log(y), d/dy = grad x / y."""

    name = "shifted_log"
    broadcasts = True
    cases = (Case(x=real(), y=between(1, 3)),)

    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return x * np.log(y)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y = ctx.saved
        return grad * np.log(y), grad * x / y


class Bare:
    """y = 3 x, any shape; d/dx = 3 grad. Conforms structurally, without inheriting from anything."""

    name = "triple"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return 3 * x

    def backward(self, ctx: Context, grad: Any) -> Any:
        return 3 * grad


class LogOfSum(Operation):
    """log(e^x + e^y). d/dx = grad e^(x - result), half of grad for equal infinities."""

    name = "log_of_sum"
    broadcasts = True
    cases = (
        Case(x=real("..."), y=real("...")),
        Case(x=np.array([np.inf, 0.5, -np.inf]), y=np.array([np.inf, 1.0, 0.0])),
    )

    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return np.logaddexp(x, y)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y = ctx.saved
        share = 1 / (1 + np.exp(np.minimum(self.gap(x, y), 700)))
        return grad * share, grad * (1 - share)

    def gap(self, x: Any, y: Any) -> Any:
        with np.errstate(invalid="ignore"):
            return np.where(np.isinf(x) & (x == y), 0, y - x)


class Scale(Operation):
    """factor * x, any shape. d/dx = factor * grad."""

    name = "scale"
    broadcasts = True
    cases = (Case(x=real("..."), factor=1.0), Case(x=real("..."), factor=2.5))

    def forward(self, ctx: Context, x: Any, *, factor: float) -> Any:
        ctx.save(factor)
        return x * factor

    def backward(self, ctx: Context, grad: Any) -> Any:
        (factor,) = ctx.saved
        return grad * factor


class SineCosine(Operation):
    """(sin(x), cos(x)), any shape. d/dx = grad_sin * cos(x) - grad_cos * sin(x)."""

    name = "sine_cosine"
    broadcasts = True
    cases = (Case(x=between(-20, 20, "...")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.sin(x), np.cos(x)

    def backward(self, ctx: Context, grad: Any, grad_cos: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.cos(x) - grad_cos * np.sin(x)


class Twice(Operation):
    """(2 x, 2 x), two arrays of any shape. d/dx = 2 (grad of the first + grad of the second)."""

    name = "twice"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return 2 * x, 2 * x

    def backward(self, ctx: Context, grad: Any, grad_second: Any) -> Any:
        return 2 * (grad + grad_second)


class VolumeLog(Operation):
    """log det of the symmetric part of A: (n, n), diagonally dominant. dA = grad times its inverse."""

    name = "volume_log"
    cases = (Case(A=dominant("n n")),)

    def forward(self, ctx: Any, A: Any) -> Any:
        if A.ndim != 2 or A.shape[0] != A.shape[1]:
            raise ValueError(f"volume_log: a square matrix, got {A.shape}")
        S = (A + A.T) / 2
        ctx.save(S)
        return self.doubled_log(np.diagonal(np.linalg.cholesky(S)))

    def doubled_log(self, roots: Any) -> Any:
        return 2 * np.log(roots).sum()

    def backward(self, ctx: Any, grad: Any) -> Any:
        (S,) = ctx.saved
        return grad * np.linalg.inv(S)


class SineRatio(Operation):
    """sinh(x) / x, 1 at 0; any shape, in (-50, 50). d/dx = (cosh x - sinh(x) / x) / x; near 0 a series."""

    name = "sine_ratio"
    broadcasts = True
    cases = (Case(x=between(-50, 50)),)

    def forward(self, ctx: Any, x: Any) -> Any:
        ctx.save(x)
        wide = np.where(x == 0, 1, x)
        return np.where(x == 0, 1, np.sinh(wide) / wide)

    def near(self, x: Any) -> Any:
        return np.abs(x) < 1

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        near = self.near(x)
        small, wide = np.where(near, x, 0), np.where(near, 1, x)
        series = sum(2 * j / factorial(2 * j + 1) * small ** (2 * j - 1) for j in range(1, 12))
        return grad * np.where(near, series, (np.cosh(wide) - np.sinh(wide) / wide) / wide)


class LogOfRelu(Operation):
    """log(1 + max(x, 0)), any shape. d/dx = grad / (1 + x) where x > 0, else 0."""

    name = "log_of_relu"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log1p(np.maximum(x, 0))

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x > 0, grad / (1 + np.maximum(x, 0)), 0.0)
