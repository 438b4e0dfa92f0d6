"""Reductions over axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, positive, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class LogMeanExp(Operation):
    """log(mean(exp(x))) over `axis`; x: (n, k). d/dx = grad * softmax(x)."""

    name = "log_mean_exp"
    cases = (Case(x=real("n k"), axis=axis_of("x")), Case(x=real("n k m"), axis=axis_of("x"), keepdims=True))

    def forward(self, ctx: Context, x: Any, *, axis: int = -1, keepdims: bool = False) -> Any:
        top = np.max(x, axis=axis, keepdims=True)
        total = np.sum(np.exp(x - top), axis=axis, keepdims=True)
        y = top + np.log(total / x.shape[axis])
        ctx.save(x, y, axis, keepdims)
        return y if keepdims else np.squeeze(y, axis=axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, axis, keepdims = ctx.saved
        g = grad if keepdims else np.expand_dims(grad, axis)
        return g * np.exp(x - y) / x.shape[axis]


@wrong_operation("formula", twin=LogMeanExp, cause=r"factor|times|axis|mean|size")
class LogMeanExpWithoutCount(LogMeanExp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, axis, keepdims = ctx.saved
        g = grad if keepdims else np.expand_dims(grad, axis)
        return g * np.exp(x - y)  # softmax is exp(x - y) / n


@wrong_operation("coverage", twin=LogMeanExp, cause=r"axis|shape|keepdims|setting")
class LogMeanExpLastAxis(LogMeanExp):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, axis, keepdims = ctx.saved
        g = grad if keepdims else np.expand_dims(grad, axis)
        return g * np.exp(x - y) / x.shape[-1]  # right for the last axis


@wrong_operation("stability", twin=LogMeanExp, cause=r"overflow|inf|large|nan|extreme|finite|warn")
class LogMeanExpUnshifted(LogMeanExp):
    def forward(self, ctx: Context, x: Any, *, axis: int = -1, keepdims: bool = False) -> Any:
        y = np.log(np.mean(np.exp(x), axis=axis, keepdims=True))
        ctx.save(x, y, axis, keepdims)
        return y if keepdims else np.squeeze(y, axis=axis)


class Rms(Operation):
    """The root of the mean square over the last axis; x: (n, k), not all zero -> (n,). d/dx = grad
    x / (k y).
    """

    name = "rms"
    cases = (Case(x=positive("n k")), Case(x=real("n k"), keepdims=True))

    def forward(self, ctx: Context, x: Any, *, keepdims: bool = False) -> Any:
        r = np.sqrt(np.mean(x * x, axis=-1, keepdims=True))
        ctx.save(x, r, keepdims)
        return r if keepdims else r[..., 0]

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, r, keepdims = ctx.saved
        g = grad if keepdims else grad[..., None]
        safe = np.where(r == 0, np.ones_like(r), r)
        return g * x / (safe * x.shape[-1])


@wrong_operation("formula", twin=Rms, cause=r"\by\b|factor|proportional|times|axis")
class RmsDividesByCountOnly(Rms):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, _, keepdims = ctx.saved
        g = grad if keepdims else grad[..., None]
        return g * x / x.shape[-1]  # 1 / r is missing


@wrong_operation("ties", twin=Rms, cause=r"nan|zero|kink")
class RmsAtZero(Rms):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, r, keepdims = ctx.saved
        g = grad if keepdims else grad[..., None]
        return g * x / (r * x.shape[-1])  # 0 / 0 in a row of zeros


@wrong_operation("cotangent", twin=Rms, cause=r"grad|index|axis|sum|row")
class RmsFirstRow(Rms):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, r, keepdims = ctx.saved
        g = grad[..., :1] if keepdims else grad[:1, None]  # the first row's grad for all rows
        safe = np.where(r == 0, np.ones_like(r), r)
        return g * x / (safe * x.shape[-1])


class WeightedMean(Operation):
    """sum(w x) / sum(w) over axis 0; x: (n, k), w: (n,) positive -> (k,).

    d/dx = grad w / sum(w); d/dw = sum_k grad (x - y) / sum(w).
    """

    name = "weighted_mean"
    cases = (Case(x=real("n k"), w=positive("n")),)

    def forward(self, ctx: Context, x: Any, w: Any) -> Any:
        if x.shape[0] != w.shape[0]:
            raise ValueError(f"weighted_mean: {x.shape[0]} rows, {w.shape[0]} weights")
        total = w.sum()
        y = w @ x / total
        ctx.save(x, w, y, total)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, y, total = ctx.saved
        dx = w[:, None] * grad / total if ctx.needs[0] else None
        dw = (x - y) @ grad / total if ctx.needs[1] else None
        return dx, dw


@wrong_operation("formula", twin=WeightedMean, cause=r"term|missing|constant|sum|input 1")
class WeightedMeanFixedTotal(WeightedMean):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, _, total = ctx.saved
        dx = w[:, None] * grad / total if ctx.needs[0] else None
        return dx, x @ grad / total if ctx.needs[1] else None  # the total is taken for a constant


@wrong_operation("higher_order", twin=WeightedMean, cause=r"second|constant|higher|twice|differentiat|order")
class WeightedMeanTotalAsNumber(WeightedMean):
    def forward(self, ctx: Context, x: Any, w: Any) -> Any:
        if x.shape[0] != w.shape[0]:
            raise ValueError(f"weighted_mean: {x.shape[0]} rows, {w.shape[0]} weights")
        total = w.sum()
        y = w @ x / total
        ctx.save(x, w, y, total.detach() if hasattr(total, "detach") else total)  # a constant on tensors
        return y


class SumKeep(Operation):
    """The sum over several axes, (0, -1) say; x: (n, k, m). d/dx = grad, repeated."""

    name = "sum_keep"
    cases = (Case(x=real("n k m"), axes=(0, 2)), Case(x=real("n k m"), axes=(-2,)))

    def forward(self, ctx: Context, x: Any, *, axes: tuple[int, ...] = (0,)) -> Any:
        for a in axes:
            if a not in range(-x.ndim, x.ndim):
                raise ValueError(f"sum_keep: axis {a} of {x.ndim}")
        ctx.save(x, axes)
        return np.sum(x, axis=axes)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axes = ctx.saved
        lost = {a % x.ndim for a in axes}
        full = tuple(1 if a in lost else n for a, n in enumerate(x.shape))
        return np.reshape(grad, full) * np.ones_like(x)


@wrong_operation("coverage", twin=SumKeep, cause=r"axes|axis|negative|shape|raise|broadcast|reshape")
class SumKeepPositiveAxes(SumKeep):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axes = ctx.saved
        full = tuple(
            1 if a in axes else n for a, n in enumerate(x.shape)
        )  # a negative axis is never in there
        return np.reshape(grad, full) * np.ones_like(x)


@wrong_operation("dtype", twin=SumKeep, cause=r"float64|float32|dtype|promot")
class SumKeepFloat64Ones(SumKeep):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axes = ctx.saved
        lost = {a % x.ndim for a in axes}
        full = tuple(1 if a in lost else n for a, n in enumerate(x.shape))
        return np.reshape(grad, full) * np.ones(x.shape)  # float64


@wrong_operation("memory", twin=SumKeep, cause=r"view|memory|share|read-?only|copy")
class SumKeepBroadcastView(SumKeep):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axes = ctx.saved
        lost = {a % x.ndim for a in axes}
        full = tuple(1 if a in lost else n for a, n in enumerate(x.shape))
        return np.broadcast_to(np.reshape(grad, full), x.shape)  # a view of grad
