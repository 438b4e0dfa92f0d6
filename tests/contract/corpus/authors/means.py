"""Means along an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, between, positive, real

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


class LogMeanExp(Operation):
    """log mean exp(x) over axis; x: any shape. d/dx = grad softmax(x) over axis."""

    name = "logmeanexp"
    cases = AXES

    def forward(self, ctx: Context, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        top = np.max(x, axis=axis, keepdims=True)
        e = np.exp(x - top)
        m = np.mean(e, axis=axis, keepdims=True)
        ctx.save(e / np.sum(e, axis=axis, keepdims=True), axis, keepdims)
        y = top + np.log(m)
        return y if keepdims else np.squeeze(y, axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        p, axis, keepdims = ctx.saved
        return p * spread(grad, axis, keepdims)


@wrong_operation("formula", twin=LogMeanExp, cause=r"mean for a sum")
class LogMeanExpDivided(LogMeanExp):
    # divided by the number of values: mean of softmax
    def backward(self, ctx: Context, grad: Any) -> Any:
        p, axis, keepdims = ctx.saved
        n = p.size if axis is None else p.shape[axis]
        return p * spread(grad, axis, keepdims) / n


class WeightedMean(Operation):
    """sum(w x) / sum(w) over axis; x, w: (n, k), w > 0. d/dx = grad w / W, d/dw = grad (x - y) / W."""

    name = "weighted_mean"
    cases = (Case(x=real("n k"), w=between(0.5, 2, "n k"), axis=axis_of("x")),)

    def forward(self, ctx: Context, x: Any, w: Any, *, axis: int = 0) -> Any:
        total = np.sum(w, axis=axis, keepdims=True)
        y = np.sum(x * w, axis=axis, keepdims=True) / total
        ctx.save(x, w, total, y, axis)
        return np.squeeze(y, axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, total, y, axis = ctx.saved
        g = np.expand_dims(grad, axis) / total
        return g * w, g * (x - y)


@wrong_operation("formula", twin=WeightedMean, cause=r"constant|mean|term")
class WeightedMeanNoCentre(WeightedMean):
    # mean y not subtracted in w's gradient
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, total, _y, axis = ctx.saved
        g = np.expand_dims(grad, axis) / total
        return g * w, g * x


@wrong_operation("formula", twin=WeightedMean, cause=r"sum of w")
class WeightedMeanTotal(WeightedMean):
    # not divided by total (input 0)
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, total, y, axis = ctx.saved
        g = np.expand_dims(grad, axis)
        return g * w, g * (x - y) / total


class GeometricMean(Operation):
    """exp(mean(log x)) over axis; x > 0. d/dx = grad y / (n x)."""

    name = "gmean"
    cases = (Case(x=positive("n k"), axis=axis_of("x")), Case(x=positive("n k m"), axis=axis_of("x")))

    def forward(self, ctx: Context, x: Any, *, axis: int = 0) -> Any:
        y = np.exp(np.mean(np.log(x), axis=axis, keepdims=True))
        ctx.save(x, y, axis)
        return np.squeeze(y, axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, axis = ctx.saved
        return np.expand_dims(grad, axis) * y / x / x.shape[axis]


@wrong_operation("formula", twin=GeometricMean, cause=r"axis=0|mean")
class GeometricMeanAxis(GeometricMean):
    # divided by x.shape[0] always
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, axis = ctx.saved
        return np.expand_dims(grad, axis) * y / x / x.shape[0]


@wrong_operation("stability", twin=GeometricMean, cause=r"empty|k = 0|overflow|underflow")
class GeometricMeanProduct(GeometricMean):
    # overflow: product then root
    def forward(self, ctx: Context, x: Any, *, axis: int = 0) -> Any:
        y = np.prod(x, axis=axis, keepdims=True) ** (1 / x.shape[axis])
        ctx.save(x, y, axis)
        return np.squeeze(y, axis)


class RootMeanSquare(Operation):
    """sqrt(mean x^2 + eps) over axis; x: any shape. d/dx = grad x / (n rms)."""

    name = "rms"
    cases = AXES

    def forward(
        self, ctx: Context, x: Any, *, axis: int | None = None, keepdims: bool = False, eps: float = 1e-6
    ) -> Any:
        r = np.sqrt(np.mean(x * x, axis=axis, keepdims=True) + eps)
        ctx.save(x, r, axis, keepdims)
        return r if keepdims else np.squeeze(r, axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, r, axis, keepdims = ctx.saved
        n = x.size if axis is None else x.shape[axis]
        return x / (n * r) * spread(grad, axis, keepdims)


@wrong_operation("shape", twin=RootMeanSquare, cause=r"axis=0")
class RmsAxis(RootMeanSquare):
    # n of another axis for non-square: uses shape[-1]
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, r, axis, keepdims = ctx.saved
        n = x.size if axis is None else x.shape[-1]
        return x / (n * r) * spread(grad, axis, keepdims)


@wrong_operation("coverage", twin=RootMeanSquare, cause=r"axis 1|sum for a mean")
class RmsNone(RootMeanSquare):
    # n missing when axis=None
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, r, axis, keepdims = ctx.saved
        n = x.shape[0] if axis is None else x.shape[axis]
        return x / (n * r) * spread(grad, axis, keepdims)


@wrong_operation("coverage", twin=RootMeanSquare, cause=r"epsilon")
class RmsEps(RootMeanSquare):
    # eps 1e-3 in backward only: relative error 1e-3
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, r, axis, keepdims = ctx.saved
        n = x.size if axis is None else x.shape[axis]
        return x / (n * (r + 1e-3)) * spread(grad, axis, keepdims)


class SumFloat32(Operation):
    """sum of x over the last axis, one value after another; x: (n, k). d/dx = grad."""

    name = "running_total"
    cases = (Case(x=real("n k")),)
    once_differentiable = "a loop over columns"

    def forward(self, ctx: Context, x: Any) -> Any:
        total = np.zeros(x.shape[:-1], x.dtype)
        for j in range(x.shape[-1]):
            total = total + x[..., j]
        ctx.save(x.shape)
        return total

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.broadcast_to(grad[..., None], ctx.saved[0]) + 0


OPERATIONS = (SumFloat32(),)
