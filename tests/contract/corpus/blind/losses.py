"""Losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, index_into, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class SoftmaxCE(Operation):
    """Mean of -log softmax(x)[label]; x: (n, c), labels: (n,) -> (). d/dx = g (softmax - 1 at labels) / n."""

    name = "ce_mean"
    once_differentiable = "written with in-place updates"
    cases = (Case(x=real("n c"), labels=index_into("x", axis=1, shape="n")),)

    def forward(self, ctx: Context, x: Any, labels: Any) -> Any:
        n, c = x.shape
        if labels.shape != (n,):
            raise ValueError(f"ce_mean: labels {labels.shape}, x {x.shape}")
        if n == 0:
            raise ValueError("ce_mean: no rows")
        if n and (labels.min() < 0 or labels.max() >= c):
            raise ValueError("ce_mean: a label is out of range")
        z = x - x.max(axis=1, keepdims=True)
        logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        ctx.save(logp, labels)
        return -logp[np.arange(n), labels].mean()

    def backward(self, ctx: Context, grad: Any) -> Any:
        logp, labels = ctx.saved
        n = len(labels)
        dx = np.exp(logp)
        dx[np.arange(n), labels] -= 1
        dx *= grad / n
        return dx, None


class Reduced(Operation):
    """Huber loss of x - y; x, y of one shape. d/dx = clip(x - y, -1, 1) g (/ size), d/dy = -d/dx."""

    name = "huber_reduced"
    cases = (
        Case(x=real("n k"), y=real("n k"), reduction="mean"),
        Case(x=real("n k"), y=real("n k"), reduction="sum"),
        Case(x=real("n k"), y=real("n k"), reduction="none"),
    )

    def forward(
        self, ctx: Context, x: Any, y: Any, *, reduction: Literal["mean", "sum", "none"] = "mean"
    ) -> Any:
        if x.shape != y.shape:
            raise ValueError(f"huber_reduced: {x.shape}, {y.shape}")
        if reduction == "mean" and x.size == 0:
            raise ValueError("huber_reduced: mean of nothing")
        d = x - y
        a = np.abs(d)
        c = np.minimum(a, 1)
        loss = c * (a - c / 2)
        ctx.save(d, reduction)
        if reduction == "none":
            return loss
        return np.mean(loss) if reduction == "mean" else np.sum(loss)

    def backward(self, ctx: Context, grad: Any) -> Any:
        d, reduction = ctx.saved
        g = grad * np.clip(d, -1, 1)
        if reduction == "mean":
            g = g / d.size
        return g, -g


@wrong_operation("formula", twin=SoftmaxCE, cause=r"3/4")
class CeClasses(SoftmaxCE):
    # divided by the classes instead of rows
    def backward(self, ctx: Context, grad: Any) -> Any:
        logp, labels = ctx.saved
        n = len(labels)
        dx = np.exp(logp)
        dx[np.arange(n), labels] -= 1
        dx *= grad / dx.shape[1]
        return dx, None


@wrong_operation("stability", twin=SoftmaxCE, cause=r"inf|overflow")
class CeNaive(SoftmaxCE):
    # no max subtracted: overflows
    def forward(self, ctx: Context, x: Any, labels: Any) -> Any:
        n, c = x.shape
        if labels.shape != (n,) or n == 0 or labels.min() < 0 or labels.max() >= c:
            raise ValueError("ce_mean: labels or rows")
        logp = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
        ctx.save(logp, labels)
        return -logp[np.arange(n), labels].mean()


@wrong_operation("dtype", twin=SoftmaxCE, cause=r"None")
class CeLabelGradient(SoftmaxCE):
    # returns a float64 zero gradient for the labels
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, _ = super().backward(ctx, grad)
        return dx, np.zeros(len(ctx.saved[1]))


@wrong_operation("memory", twin=SoftmaxCE, cause=r"twice")
class CeTwice(SoftmaxCE):
    # writes into the saved log-probabilities: second backward differs
    def backward(self, ctx: Context, grad: Any) -> Any:
        logp, labels = ctx.saved
        n = len(labels)
        dx = np.exp(logp, out=logp)
        dx[np.arange(n), labels] -= 1
        return dx * (grad / n), None


@wrong_operation("cotangent", twin=SoftmaxCE, cause=r"ignored")
class CeIgnores(SoftmaxCE):
    # ignores grad (assumes 1)
    def backward(self, ctx: Context, grad: Any) -> Any:
        logp, labels = ctx.saved
        n = len(labels)
        dx = np.exp(logp)
        dx[np.arange(n), labels] -= 1
        dx /= n
        return dx, None


@wrong_operation("coverage", twin=Reduced, cause=r"4 times")
class ReducedRows(Reduced):
    # mean divides by rows only
    def backward(self, ctx: Context, grad: Any) -> Any:
        d, reduction = ctx.saved
        g = grad * np.clip(d, -1, 1)
        if reduction == "mean":
            g = g / d.shape[0]
        return g, -g


@wrong_operation("coverage", twin=Reduced, cause=r"1/12")
class ReducedSum(Reduced):
    # 'sum' divides as well
    def backward(self, ctx: Context, grad: Any) -> Any:
        d, reduction = ctx.saved
        g = grad * np.clip(d, -1, 1)
        if reduction != "none":
            g = g / d.size
        return g, -g


@wrong_operation("protocol", twin=Reduced, cause=r"setting")
class ReducedKwargs(Reduced):
    # unknown settings swallowed (**kwargs)
    def forward(
        self,
        ctx: Context,
        x: Any,
        y: Any,
        *,
        reduction: Literal["mean", "sum", "none"] = "mean",
        **kwargs: Any,
    ) -> Any:
        return super().forward(ctx, x, y, reduction=reduction)
