"""Losses with integer targets, reductions, weights and margins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, index_into, integers, positive, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context

Reduction = Literal["mean", "sum"]


class FocalLoss(Operation):
    """-(1 - p)^2 log p of the label's probability, mean over rows; logits: (n, c), labels: (n,)
    ints in [0, c).

    d/dlogits = grad / n (2 p (1 - p) log p - (1 - p)^2) (onehot - softmax) (Lin et al. 2017, gamma = 2).
    """

    name = "focal_loss"
    cases = (Case(logits=between(-5, 5, "n c"), labels=index_into("logits", axis=1, shape="n")),)

    def forward(self, ctx: Context, logits: Any, labels: Any) -> Any:
        n, c = logits.shape
        if labels.shape != (n,):
            raise ValueError(f"focal_loss: {n} rows, labels {labels.shape}")
        if labels.size and (labels.min() < 0 or labels.max() >= c):
            raise IndexError(f"focal_loss: labels must be in [0, {c})")
        if not n:
            raise ValueError("focal_loss: no rows")
        shifted = logits - np.max(logits, axis=1, keepdims=True)
        lp = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
        hot = (labels[:, None] == np.arange(c)).astype(logits.dtype)
        log_p = np.sum(lp * hot, axis=1, keepdims=True)
        ctx.save(lp, log_p, hot)
        return np.mean(-((1 - np.exp(log_p)) ** 2) * log_p)

    def backward(self, ctx: Context, grad: Any) -> Any:
        lp, log_p, hot = ctx.saved
        p = np.exp(log_p)
        outer = 2 * p * (1 - p) * log_p - (1 - p) ** 2
        return grad * outer * (hot - np.exp(lp)) / lp.shape[0], None


@wrong_operation("formula", twin=FocalLoss, cause=r"differs|term|factor|missing|axis|row")
class FocalLossConstantWeight(FocalLoss):
    def backward(self, ctx: Context, grad: Any) -> Any:
        lp, log_p, hot = ctx.saved
        outer = -((1 - np.exp(log_p)) ** 2)  # the weight (1 - p)^2 is taken for a constant
        return grad * outer * (hot - np.exp(lp)) / lp.shape[0], None


@wrong_operation("formula", twin=FocalLoss, cause=r"factor|mean|times|axis 0|n")
class FocalLossSum(FocalLoss):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, _ = super().backward(ctx, grad)
        return dx * len(dx), None


class HingeMulti(Operation):
    """sum_{j != y} max(0, 1 + x_j - x_y) by row; x: (n, c), y: (n,) ints in [0, c) -> (n,) (Weston
    and Watkins).

    d/dx_j = grad [margin > 0]; d/dx_y = minus their number.
    """

    name = "hinge_multi"
    cases = (Case(x=real("n c"), y=index_into("x", axis=1, shape="n")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if y.shape != x.shape[:1]:
            raise ValueError(f"hinge_multi: x {x.shape}, y {y.shape}")
        if y.size and (y.min() < 0 or y.max() >= x.shape[1]):
            raise IndexError(f"hinge_multi: labels must be in [0, {x.shape[1]})")
        hot = y[:, None] == np.arange(x.shape[1])
        own = np.sum(np.where(hot, x, 0), axis=1, keepdims=True)
        margin = np.where(hot, 0, 1 + x - own)
        ctx.save(margin > 0, hot)
        return np.sum(np.maximum(margin, 0), axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        active, hot = ctx.saved
        active = active.astype(grad.dtype)
        return grad[:, None] * (active - hot * active.sum(axis=1, keepdims=True)), None


@wrong_operation("formula", twin=HingeMulti, cause=r"term|entries|zero|lost|index|missing|label")
class HingeMultiWithoutOwn(HingeMulti):
    def backward(self, ctx: Context, grad: Any) -> Any:
        active, _ = ctx.saved
        return grad[:, None] * active.astype(grad.dtype), None  # nothing for the label's own score


@wrong_operation("index", twin=HingeMulti, cause=r"range|accept|index|negative|wrap")
class HingeMultiWraps(HingeMulti):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        return super().forward(ctx, x, y % max(x.shape[1], 1))  # a label out of range is another label


class Huber(Operation):
    """Huber's loss of x - y; any shape alike, delta > 0, "mean" or "sum" -> (). d/dx = clip(x - y,
    +-delta).
    """

    name = "huber"
    cases = (Case(x=real("n k"), y=real("n k"), delta=1.0), Case(x=real("n"), y=real("n"), reduction="sum"))

    def forward(
        self, ctx: Context, x: Any, y: Any, *, delta: float = 1.5, reduction: Reduction = "mean"
    ) -> Any:
        if x.shape != y.shape:
            raise ValueError(f"huber: x {x.shape}, y {y.shape}")
        if delta <= 0:
            raise ValueError(f"huber: delta must be positive, got {delta}")
        if reduction not in ("mean", "sum"):
            raise ValueError(f"huber: reduction is 'mean' or 'sum', got {reduction!r}")
        d = x - y
        size = np.abs(d)
        each = np.where(size <= delta, 0.5 * d * d, delta * (size - 0.5 * delta))
        scale = 1 / max(d.size, 1) if reduction == "mean" else 1.0
        ctx.save(d, delta, scale)
        return np.sum(each) * scale

    def backward(self, ctx: Context, grad: Any) -> Any:
        d, delta, scale = ctx.saved
        dx = grad * scale * np.minimum(np.maximum(d, -delta), delta)
        return dx, -dx


@wrong_operation(
    "coverage", twin=Huber, cause=r"large|region|\|x\||delta|setting|only|sign|values|times|differs"
)
class HuberUnclipped(Huber):
    def backward(self, ctx: Context, grad: Any) -> Any:
        d, delta, scale = ctx.saved
        dx = grad * scale * np.where(np.abs(d) <= delta, d, np.sign(d))  # delta is missing out there
        return dx, -dx


@wrong_operation("coverage", twin=Huber, cause=r"reduction|sum|mean|factor|setting")
class HuberAlwaysMean(Huber):
    def backward(self, ctx: Context, grad: Any) -> Any:
        d, delta, _ = ctx.saved
        dx = grad * np.minimum(np.maximum(d, -delta), delta) / max(d.size, 1)
        return dx, -dx


@wrong_operation("memory", twin=Huber, cause=r"same|also the one|share|memory|writes|sign")
class HuberNegatesInPlace(Huber):
    once_differentiable = "it writes into a buffer"

    def backward(self, ctx: Context, grad: Any) -> Any:
        d, delta, scale = ctx.saved
        dx = grad * scale * np.minimum(np.maximum(d, -delta), delta)
        return dx, np.negative(dx, out=dx)  # the same array, negated for both


class PoissonNll(Operation):
    """exp(x) - k x, summed; x: (n,), k: (n,) ints >= 0 -> (). d/dx = grad (exp(x) - k)."""

    name = "poisson_nll"
    cases = (Case(x=between(-5, 5, "n"), k=integers(0, 9, "n")),)

    def forward(self, ctx: Context, x: Any, k: Any) -> Any:
        if x.shape != k.shape:
            raise ValueError(f"poisson_nll: x {x.shape}, k {k.shape}")
        counts = k.astype(x.dtype)
        rate = np.exp(x)
        ctx.save(rate, counts)
        return np.sum(rate - counts * x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        rate, counts = ctx.saved
        return grad * (rate - counts), None


@wrong_operation("dtype", twin=PoissonNll, cause=r"float64|float32|dtype|promot")
class PoissonNllPromotes(PoissonNll):
    def forward(self, ctx: Context, x: Any, k: Any) -> Any:
        if x.shape != k.shape:
            raise ValueError(f"poisson_nll: x {x.shape}, k {k.shape}")
        rate = np.exp(x)
        ctx.save(rate, k)  # int64 times float32 is float64
        return np.sum(rate - k * x)


class GaussianNll(Operation):
    """0.5 (log v + (x - m)^2 / v), mean over all; x, m: (n, k), v: (k,) positive -> ()."""

    name = "gaussian_nll"
    cases = (Case(x=real("n k"), m=real("n k"), v=positive("k")),)

    def forward(self, ctx: Context, x: Any, m: Any, v: Any) -> Any:
        if x.shape != m.shape or v.shape != x.shape[1:]:
            raise ValueError(f"gaussian_nll: x {x.shape}, m {m.shape}, v {v.shape}")
        if not x.size:
            raise ValueError("gaussian_nll: no values")
        d = x - m
        ctx.save(d, v)
        return 0.5 * np.mean(np.log(v) + d * d / v)

    def backward(self, ctx: Context, grad: Any) -> Any:
        d, v = ctx.saved
        g = grad / d.size
        dx = g * d / v
        return dx, -dx, np.sum(0.5 * g * (1 / v - d * d / (v * v)), axis=0)


@wrong_operation("shape", twin=GaussianNll, cause=r"shape|summed|sum|axis 0|broadcast")
class GaussianNllUnsummed(GaussianNll):
    def backward(self, ctx: Context, grad: Any) -> Any:
        d, v = ctx.saved
        g = grad / d.size
        dx = g * d / v
        return dx, -dx, 0.5 * g * (1 / v - d * d / (v * v))


@wrong_operation("shape", twin=GaussianNll, cause=r"mean|factor|times|axis|sum")
class GaussianNllMean(GaussianNll):
    def backward(self, ctx: Context, grad: Any) -> Any:
        d, v = ctx.saved
        g = grad / d.size
        dx = g * d / v
        return dx, -dx, np.mean(0.5 * g * (1 / v - d * d / (v * v)), axis=0)


@wrong_operation("formula", twin=GaussianNll, cause=r"v|power|input 2|differs|factor|term")
class GaussianNllVarianceOnce(GaussianNll):
    def backward(self, ctx: Context, grad: Any) -> Any:
        d, v = ctx.saved
        g = grad / d.size
        dx = g * d / v
        return dx, -dx, np.sum(0.5 * g * (1 / v - d * d / v), axis=0)  # v for v^2
