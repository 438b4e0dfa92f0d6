"""Losses with settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, integers, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Bce(Operation):
    """Binary cross-entropy from logits; z: (n,), y: (n,) in [0, 1], settings pos_weight, reduction.

    d/dz = weight (sigmoid(z) - y), d/dy likewise.
    """

    name = "my_bce"
    cases = (
        Case(z=real("n"), y=between(0, 1, "n")),
        Case(z=real("n"), y=between(0, 1, "n"), pos_weight=2.5),
        Case(z=real("5"), y=between(0, 1, "5"), reduction="mean"),
        Case(z=real("n"), y=between(0, 1, "n"), reduction="sum"),
    )

    def forward(
        self, ctx: Context, z: Any, y: Any, *, pos_weight: float = 1.0, reduction: str = "none"
    ) -> Any:
        if reduction not in ("none", "mean", "sum"):
            raise ValueError("bce: unknown reduction")
        if reduction == "mean" and z.size == 0:
            raise ValueError("bce: no values to average")
        ctx.save(z, y, pos_weight, reduction)
        loss = (1 - y) * np.logaddexp(z, 0) + pos_weight * y * np.logaddexp(-z, 0)
        return loss if reduction == "none" else np.mean(loss) if reduction == "mean" else np.sum(loss)

    def backward(self, ctx: Context, grad: Any) -> Any:
        z, y, w, reduction = ctx.saved
        g = grad / z.size if reduction == "mean" else grad
        s = 0.5 + 0.5 * np.tanh(z / 2)
        return g * ((1 - y) * s - w * y * (1 - s)), g * (w * np.logaddexp(-z, 0) - np.logaddexp(z, 0))


@wrong_operation("formula", twin=Bce, cause=r"pos_weight")
class BceWeight(Bce):
    # pos_weight ignored in d/dz
    def backward(self, ctx: Context, grad: Any) -> Any:
        z, y, w, reduction = ctx.saved
        g = grad / z.size if reduction == "mean" else grad
        s = 0.5 + 0.5 * np.tanh(z / 2)
        return g * (s - y), g * (w * np.logaddexp(-z, 0) - np.logaddexp(z, 0))


@wrong_operation("coverage", twin=Bce, cause=r"large|precis|overflow")
class BceNaive(Bce):
    # naive log sigmoid: -inf for large z
    def forward(
        self, ctx: Context, z: Any, y: Any, *, pos_weight: float = 1.0, reduction: str = "none"
    ) -> Any:
        if reduction not in ("none", "mean", "sum"):
            raise ValueError("bce: unknown reduction")
        if reduction == "mean" and z.size == 0:
            raise ValueError("bce: no values to average")
        ctx.save(z, y, pos_weight, reduction)
        s = 0.5 + 0.5 * np.tanh(z / 2)
        loss = -(1 - y) * np.log(1 - s) - pos_weight * y * np.log(s)
        return loss if reduction == "none" else np.mean(loss) if reduction == "mean" else np.sum(loss)


@wrong_operation("dtype", twin=Bce, cause=r"None")
class BceTarget(Bce):
    # targets' gradient is None though needed
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, grad)[0], None


class SmoothedCrossEntropy(Operation):
    """Cross-entropy with label smoothing and an ignored label; z: (n, k), labels: (n,) in [0, k) -> (n,).

    d/dz = grad (softmax - target).
    """

    name = "smoothed_ce"
    cases = (
        Case(z=real("n 4"), labels=integers(0, 4, "n")),
        Case(z=real("n 4"), labels=integers(0, 4, "n"), smoothing=0.2),
        Case(z=real("n 3"), labels=integers(0, 3, "n"), ignore=1),
    )

    def forward(self, ctx: Context, z: Any, labels: Any, *, smoothing: float = 0.0, ignore: int = -1) -> Any:
        k = z.shape[1]
        if labels.size and (labels.min() < 0 or labels.max() >= k):
            raise ValueError("smoothed_ce: a label is out of range")
        target = (labels[:, None] == np.arange(k)) * (1 - smoothing) + smoothing / max(k, 1)
        target = target.astype(z.dtype)
        s = z - np.max(z, axis=1, keepdims=True) if k else z
        lse = np.log(np.sum(np.exp(s), axis=1, keepdims=True))
        used = labels != ignore
        ctx.save(np.exp(s - lse), target, used)
        return -np.sum(target * (s - lse), axis=1) * used

    def backward(self, ctx: Context, grad: Any) -> Any:
        p, target, used = ctx.saved
        return (grad * used)[:, None] * (p - target), None


@wrong_operation("formula", twin=SmoothedCrossEntropy, cause=r"smoothing")
class CeSmoothing(SmoothedCrossEntropy):
    # smoothing ignored in backward
    def forward(self, ctx: Context, z: Any, labels: Any, *, smoothing: float = 0.0, ignore: int = -1) -> Any:
        y = super().forward(ctx, z, labels, smoothing=smoothing, ignore=ignore)
        p, _target, used = ctx.saved
        ctx.save(p, (labels[:, None] == np.arange(z.shape[1])).astype(z.dtype), used)
        return y


@wrong_operation("coverage", twin=SmoothedCrossEntropy, cause=r"ignore")
class CeIgnore(SmoothedCrossEntropy):
    # ignored labels get a gradient
    def backward(self, ctx: Context, grad: Any) -> Any:
        p, target, _used = ctx.saved
        return grad[:, None] * (p - target), None


@wrong_operation("formula", twin=SmoothedCrossEntropy, cause=r"mean for a sum")
class CeBatch(SmoothedCrossEntropy):
    # divided by the batch size though reduction is none
    def backward(self, ctx: Context, grad: Any) -> Any:
        p, target, used = ctx.saved
        return (grad * used)[:, None] * (p - target) / max(len(grad), 1), None


class Focal(Operation):
    """-(1 - p)^gamma log p; p: any shape in (0, 1).

    d/dp = grad (gamma (1-p)^(gamma-1) log p - (1-p)^gamma / p).
    """

    name = "focal"
    cases = (Case(p=between(0.01, 0.99)), Case(p=between(0.01, 0.99), gamma=3.0))

    def forward(self, ctx: Context, p: Any, *, gamma: float = 2.0) -> Any:
        ctx.save(p, gamma)
        return -((1 - p) ** gamma) * np.log(p)

    def backward(self, ctx: Context, grad: Any) -> Any:
        p, gamma = ctx.saved
        return grad * (gamma * (1 - p) ** (gamma - 1) * np.log(p) - (1 - p) ** gamma / p)


@wrong_operation("formula", twin=Focal, cause=r"term|factor|constant")
class FocalConstant(Focal):
    # modulating factor taken for a constant
    def backward(self, ctx: Context, grad: Any) -> Any:
        p, gamma = ctx.saved
        return -grad * (1 - p) ** gamma / p


@wrong_operation("formula", twin=Focal, cause=r"gamma")
class FocalTwo(Focal):
    # gamma = 2 hard-coded in one term
    def backward(self, ctx: Context, grad: Any) -> Any:
        p, gamma = ctx.saved
        return grad * (2 * (1 - p) ** (gamma - 1) * np.log(p) - (1 - p) ** gamma / p)
