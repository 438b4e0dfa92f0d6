"""Losses with settings."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, positive, real

from ..entry import wrong_operation


class Huber(Operation):
    name = "huber"
    cases = (
        Case(pred=real("n k"), target=real("n k"), delta=1.0),
        Case(pred=real("n k"), target=real("n k"), delta=0.5, reduction="sum"),
        Case(pred=real("n k"), target=real("n k"), reduction="none"),
    )

    def forward(self, ctx: Any, pred: Any, target: Any, *, delta: Any = 1.0, reduction: Any = "mean") -> Any:
        d = pred - target
        a = np.abs(d)
        ctx.save(d, delta, reduction)
        loss = np.where(a <= delta, 0.5 * d * d, delta * (a - 0.5 * delta))
        if reduction == "none":
            return loss
        return loss.mean() if reduction == "mean" else loss.sum()

    def backward(self, ctx: Any, grad: Any) -> Any:
        d, delta, reduction = ctx.saved
        g = grad * np.clip(d, -delta, delta)
        if reduction == "mean":
            g = g / d.size
        return g, -g


@wrong_operation("formula", twin=Huber, cause=r"delta")
class HuberDeltaOne(Huber):
    # a delta of 1 is taken for delta
    def backward(self, ctx: Any, grad: Any) -> Any:
        d, _delta, reduction = ctx.saved
        g = grad * np.clip(d, -1, 1)
        if reduction == "mean":
            g = g / d.size
        return g, -g


@wrong_operation("shape", twin=Huber, cause=r"4 times|sum for a mean")
class HuberBatchMean(Huber):
    # the number of rows for that of values
    def backward(self, ctx: Any, grad: Any) -> Any:
        d, delta, reduction = ctx.saved
        g = grad * np.clip(d, -delta, delta)
        if reduction == "mean":
            g = g / d.shape[0]
        return g, -g


class Quantile(Operation):
    name = "pinball_loss"
    cases = (Case(y=real("n"), q=real("n"), tau=0.2), Case(y=real("n"), q=real("n"), tau=0.5))

    def forward(self, ctx: Any, y: Any, q: Any, *, tau: Any = 0.5) -> Any:
        d = y - q
        ctx.save(d, tau)
        return np.maximum(tau * d, (tau - 1) * d).mean()

    def backward(self, ctx: Any, grad: Any) -> Any:
        d, tau = ctx.saved
        s = grad * np.where(d > 0, tau, tau - 1).astype(d.dtype) / d.size
        return s, -s


@wrong_operation("formula", twin=Quantile, cause=r"tau")
class PinballSymmetric(Quantile):
    # tau on both sides
    def backward(self, ctx: Any, grad: Any) -> Any:
        d, tau = ctx.saved
        s = grad * np.where(d > 0, tau, -tau).astype(d.dtype) / d.size
        return s, -s


class KLDiv(Operation):
    name = "kl_div"
    cases = (
        Case(p=positive("n k"), q=positive("n k")),
        Case(p=positive("n k"), q=positive("n k"), reduction="batchmean"),
    )

    def forward(self, ctx: Any, p: Any, q: Any, *, reduction: Any = "sum") -> Any:
        ratio = np.log(p) - np.log(q)
        scale = 1.0 / p.shape[0] if reduction == "batchmean" else 1.0
        ctx.save(p, q, ratio, scale)
        return scale * (p * ratio).sum()

    def backward(self, ctx: Any, grad: Any) -> Any:
        p, q, ratio, scale = ctx.saved
        g = grad * scale
        return g * (ratio + 1), -g * p / q


@wrong_operation("formula", twin=KLDiv, cause=r"constant term|-1 times grad")
class KlEntropyTerm(KLDiv):
    # the derivative of log p is left out
    def backward(self, ctx: Any, grad: Any) -> Any:
        p, q, ratio, scale = ctx.saved
        g = grad * scale
        return g * ratio, -g * p / q


class TripletLoss(Operation):
    name = "triplet"
    cases = (Case(a=real("n k"), p=real("n k"), n=real("n k"), margin=1.0),)

    def forward(self, ctx: Any, a: Any, p: Any, n: Any, *, margin: Any = 1.0) -> Any:
        h = ((a - p) ** 2).sum(1) - ((a - n) ** 2).sum(1) + margin
        on = (h > 0).astype(h.dtype)
        ctx.save(a, p, n, on)
        return (h * on).mean()

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, p, n, on = ctx.saved
        g = (grad * 2 / len(on)) * on[:, None]
        return g * n - g * p, g * (p - a), g * (a - n)


@wrong_operation("coverage", twin=TripletLoss, cause=r"zero there|axis 0")
class TripletIgnoresHinge(TripletLoss):
    # rows below the margin get gradients
    def backward(self, ctx: Any, grad: Any) -> Any:
        a, p, n, on = ctx.saved
        g = (grad * 2 / len(on)) * on[:, None]
        g = grad * 2 / len(on)
        return g * n - g * p, g * (p - a), g * (a - n)


class BCELogits(Operation):
    name = "bce_with_logits"
    cases = (
        Case(z=real("n"), t=between(0, 1, "n")),
        Case(z=real("n"), t=between(0, 1, "n"), pos_weight=3.0),
        Case(z=real("n k"), t=between(0, 1, "n k"), reduction="sum"),
    )

    def forward(self, ctx: Any, z: Any, t: Any, *, pos_weight: Any = 1.0, reduction: Any = "mean") -> Any:
        w = 1 + (pos_weight - 1) * t
        soft = np.logaddexp(0, -z)
        ctx.save(z, t, w, soft, pos_weight, reduction)
        loss = (1 - t) * z + w * soft
        return loss.mean() if reduction == "mean" else loss.sum()

    def backward(self, ctx: Any, grad: Any) -> Any:
        z, t, w, soft, pw, reduction = ctx.saved
        scale = grad / z.size if reduction == "mean" else grad
        s = 0.5 * (1 - np.tanh(z / 2))
        return scale * ((1 - t) - w * s), scale * (-z + (pw - 1) * soft)
