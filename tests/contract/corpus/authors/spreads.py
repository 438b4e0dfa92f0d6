"""Norms and spreads along an axis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context

AXES = (
    Case(x=real("n k"), axis=axis_of("x")),
    Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
    Case(x=real("n k m"), axis=axis_of("x")),
    Case(x=real("n k")),
)


def spread(value: Any, axis: Any, keepdims: Any) -> Any:
    """value with the reduced axis put back."""
    return value if keepdims or axis is None else np.expand_dims(value, axis)


class L2Norm(Operation):
    """sqrt(sum x^2) over axis; x: any shape. d/dx = grad x / norm, 0 where the norm is 0."""

    name = "l2norm"
    cases = AXES

    def forward(self, ctx: Context, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        big = np.max(np.abs(x), axis=axis, keepdims=True)
        safe = np.where((big > 0) & (big < math.inf), big, 1)
        n = safe * np.sqrt(np.sum((x / safe) ** 2, axis=axis, keepdims=True))
        ctx.save(x, np.where(n > 0, n, 1), axis, keepdims)
        return n if keepdims else np.squeeze(n, axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, n, axis, keepdims = ctx.saved
        return x / n * spread(grad, axis, keepdims)


@wrong_operation("ties", twin=L2Norm, cause=r"zero")
class L2NormZero(L2Norm):
    # NaN at zero
    def forward(self, ctx: Context, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        n = np.sqrt(np.sum(x * x, axis=axis, keepdims=True))
        ctx.save(x, n, axis, keepdims)
        return n if keepdims else np.squeeze(n, axis)


@wrong_operation("formula", twin=L2Norm, cause=r"y")
class L2NormSquared(L2Norm):
    # divided by norm squared
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, n, axis, keepdims = ctx.saved
        return x / n**2 * spread(grad, axis, keepdims)


class Variance(Operation):
    """Variance over axis with ddof; x: any shape. d/dx = grad 2 (x - mean) / (n - ddof)."""

    name = "variance"
    cases = (
        Case(x=real("n k"), axis=axis_of("x"), ddof=0),
        Case(x=real("4 6"), axis=axis_of("x"), ddof=1),
        Case(x=real("5 3"), ddof=1),
        Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
    )

    def forward(
        self, ctx: Context, x: Any, *, axis: int | None = None, ddof: int = 0, keepdims: bool = False
    ) -> Any:
        n = (x.size if axis is None else x.shape[axis]) - ddof
        if n <= 0:
            raise ValueError("variance: too few values")
        c = x - np.mean(x, axis=axis, keepdims=True)
        ctx.save(c, axis, n, keepdims)
        return np.sum(c * c, axis=axis, keepdims=keepdims) / n

    def backward(self, ctx: Context, grad: Any) -> Any:
        c, axis, n, keepdims = ctx.saved
        return 2 * c / n * spread(grad, axis, keepdims)


@wrong_operation("formula", twin=Variance, cause=r"ddof")
class VarianceDdof(Variance):
    # ddof ignored in backward
    def backward(self, ctx: Context, grad: Any) -> Any:
        c, axis, n, keepdims = ctx.saved
        n = c.size if axis is None else c.shape[axis]
        return 2 * c / n * spread(grad, axis, keepdims)


@wrong_operation("stability", twin=Variance, cause=r"precision")
class VarianceCancels(Variance):
    # precision: E[x^2] - E[x]^2
    def forward(
        self, ctx: Context, x: Any, *, axis: int | None = None, ddof: int = 0, keepdims: bool = False
    ) -> Any:
        n = (x.size if axis is None else x.shape[axis]) - ddof
        if n <= 0:
            raise ValueError("variance: too few values")
        m = np.mean(x, axis=axis, keepdims=keepdims)
        ctx.save(x - np.mean(x, axis=axis, keepdims=True), axis, n, keepdims)
        return (np.mean(x * x, axis=axis, keepdims=keepdims) - m * m) * ((n + ddof) / n)


class Std(Operation):
    """Standard deviation over axis; x: any shape. d/dx = grad (x - mean) / (n std), 0 where std is 0."""

    name = "std_dev"
    cases = AXES

    def forward(self, ctx: Context, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        c = x - np.mean(x, axis=axis, keepdims=True)
        s = np.sqrt(np.mean(c * c, axis=axis, keepdims=True))
        ctx.save(c, s, axis, keepdims)
        return s if keepdims else np.squeeze(s, axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        c, s, axis, keepdims = ctx.saved
        n = c.size if axis is None else c.shape[axis]
        return c / np.where(s > 0, s * n, 1) * spread(grad, axis, keepdims)


@wrong_operation("ties", twin=Std, cause=r"NaN")
class StdZero(Std):
    # 0/0 for equal values
    def backward(self, ctx: Context, grad: Any) -> Any:
        c, s, axis, keepdims = ctx.saved
        n = c.size if axis is None else c.shape[axis]
        return c / (s * n) * spread(grad, axis, keepdims)


@wrong_operation("formula", twin=Std, cause=r"2 y")
class StdVariance(Std):
    # gradient of variance instead (2c/n)
    def backward(self, ctx: Context, grad: Any) -> Any:
        c, _s, axis, keepdims = ctx.saved
        n = c.size if axis is None else c.shape[axis]
        return 2 * c / n * spread(grad, axis, keepdims)


@wrong_operation("formula", twin=Std, cause=r"constant|mean|term")
class StdMean(Std):
    # mean taken for a constant
    def forward(self, ctx: Context, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        c = x - np.mean(x, axis=axis, keepdims=True)
        s = np.sqrt(np.mean(c * c, axis=axis, keepdims=True))
        ctx.save(x, s, axis, keepdims)
        return s if keepdims else np.squeeze(s, axis)


class Moments(Operation):
    """(mean, variance) over axis 0; x: (n, k) -> (k,), (k,). d/dx = g0 / n + 2 g1 (x - mean) / n."""

    name = "moments"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        if x.shape[0] == 0:
            raise ValueError("moments: no rows")
        m = np.mean(x, axis=0)
        c = x - m
        ctx.save(c)
        return m, np.mean(c * c, axis=0)

    def backward(self, ctx: Context, grad_mean: Any, grad_var: Any) -> Any:
        (c,) = ctx.saved
        return (grad_mean + 2 * grad_var * c) / c.shape[0]


@wrong_operation("cotangent", twin=Moments, cause=r"output 0")
class MomentsFirst(Moments):
    # output 0's gradient ignored
    def backward(self, ctx: Context, grad_mean: Any, grad_var: Any) -> Any:
        (c,) = ctx.saved
        return 2 * grad_var * c / c.shape[0]


@wrong_operation("formula", twin=Moments, cause=r"output 1")
class MomentsFactor(Moments):
    # output 1's factor 2 missing
    def backward(self, ctx: Context, grad_mean: Any, grad_var: Any) -> Any:
        (c,) = ctx.saved
        return (grad_mean + grad_var * c) / c.shape[0]


@wrong_operation("cotangent", twin=Moments, cause=r"output 0 and output 1 are swapped")
class MomentsSwapped(Moments):
    # cross batch: gradients of the two outputs swapped
    def backward(self, ctx: Context, grad_mean: Any, grad_var: Any) -> Any:
        (c,) = ctx.saved
        return (grad_var + 2 * grad_mean * c) / c.shape[0]
