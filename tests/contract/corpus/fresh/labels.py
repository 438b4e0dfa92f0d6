"""Losses over labels, and sums over segments."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, index_into, integers, positive, real

from ..entry import wrong_operation


class WeightedNLL(Operation):
    name = "nll_weighted"
    cases = (
        Case(logp=real("n k"), labels=index_into("logp", axis=1, shape="n"), weight=positive("k")),
        Case(logp=real("n k"), labels=index_into("logp", axis=1, shape="n")),
    )
    once_differentiable = "fancy assignment"

    def forward(self, ctx: Any, logp: Any, labels: Any, weight: Any = None) -> Any:
        rows = np.arange(len(labels))
        picked = logp[rows, labels]
        w = np.ones_like(picked) if weight is None else weight[labels]
        total = w.sum()
        loss = -(w * picked).sum() / total
        ctx.save(logp.shape, labels, picked, w, total, loss, weight)
        return loss

    def backward(self, ctx: Any, grad: Any) -> Any:
        shape, labels, picked, w, total, loss, weight = ctx.saved
        g = np.zeros(shape, grad.dtype)
        g[np.arange(len(labels)), labels] = -grad * w / total
        if weight is None:
            return g, None
        gw = np.zeros(weight.shape, grad.dtype)
        np.add.at(gw, labels, grad * -(picked + loss) / total)
        return g, None, gw


@wrong_operation("formula", twin=WeightedNLL, cause=r"weight")
class WnllN(WeightedNLL):
    # the number of rows for the sum of weights
    def backward(self, ctx: Any, grad: Any) -> Any:
        shape, labels, picked, w, total, loss, weight = ctx.saved
        g = np.zeros(shape, grad.dtype)
        g[np.arange(len(labels)), labels] = -grad * w / len(labels)
        if weight is None:
            return g, None
        gw = np.zeros(weight.shape, grad.dtype)
        np.add.at(gw, labels, grad * -(picked + loss) / total)
        return g, None, gw


@wrong_operation("formula", twin=WeightedNLL, cause=r"term")
class WnllWeightTotal(WeightedNLL):
    # the weight's part in the total is forgotten
    def backward(self, ctx: Any, grad: Any) -> Any:
        shape, labels, picked, w, total, _loss, weight = ctx.saved
        g = np.zeros(shape, grad.dtype)
        g[np.arange(len(labels)), labels] = -grad * w / total
        if weight is None:
            return g, None
        gw = np.zeros(weight.shape, grad.dtype)
        np.add.at(gw, labels, grad * (-picked) / total)
        return g, None, gw


class LabelSmoothing(Operation):
    name = "label_smoothed_xent"
    cases = (Case(z=real("n k"), labels=index_into("z", axis=1, shape="n"), smoothing=0.1),)

    def forward(self, ctx: Any, z: Any, labels: Any, *, smoothing: Any = 0.0) -> Any:
        k = z.shape[1]
        if labels.size and not 0 <= labels.min() <= labels.max() < k:
            raise ValueError(f"label_smoothed_xent: expected labels in [0, {k})")
        target = (np.arange(k) == labels[:, None]) * (1 - smoothing) + smoothing / k
        target = target.astype(z.dtype)
        s = z - z.max(axis=1, keepdims=True)
        logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
        ctx.save(logp, target)
        return -(target * logp).sum() / z.shape[0]

    def backward(self, ctx: Any, grad: Any) -> Any:
        logp, target = ctx.saved
        return grad * (np.exp(logp) - target) / logp.shape[0], None


@wrong_operation("formula", twin=LabelSmoothing, cause=r"smoothing")
class SmoothOnehot(LabelSmoothing):
    # smoothing is left out in backward
    def backward(self, ctx: Any, grad: Any) -> Any:
        logp, target = ctx.saved
        hot = (target == target.max(axis=1, keepdims=True)).astype(target.dtype)
        return grad * (np.exp(logp) - hot) / logp.shape[0], None


class SegmentSum(Operation):
    name = "segment_sum"
    once_differentiable = "adds into a buffer"
    cases = (Case(x=real("n k"), segments=integers(0, 4, "n"), count=4),)

    def forward(self, ctx: Any, x: Any, segments: Any, *, count: Any) -> Any:
        ctx.save(segments)
        out = np.zeros((count, *x.shape[1:]), dtype=x.dtype)
        np.add.at(out, segments, x)
        return out

    def backward(self, ctx: Any, grad: Any) -> Any:
        (segments,) = ctx.saved
        return grad[segments], None


@wrong_operation("formula", twin=SegmentSum, cause=r"mean for a sum")
class SegmentScaled(SegmentSum):
    # each row's share of a mean
    def backward(self, ctx: Any, grad: Any) -> Any:
        (segments,) = ctx.saved
        return grad[segments] / np.bincount(segments, minlength=grad.shape[0])[segments][:, None].astype(
            grad.dtype
        ), None


class SegmentMean:
    name = "segment_mean"
    once_differentiable = True
    cases = (Case(x=real("n k"), segments=integers(0, 3, "n")),)

    def forward(self, ctx: Any, x: Any, segments: Any) -> Any:
        sizes = np.maximum(np.bincount(segments, minlength=3), 1).astype(x.dtype)
        ctx.save(segments, sizes)
        out = np.zeros((3, x.shape[1]), x.dtype)
        np.add.at(out, segments, x)
        return out / sizes[:, None]

    def backward(self, ctx: Any, grad: Any) -> Any:
        segments, sizes = ctx.saved
        return (grad / sizes[:, None])[segments], None


class GatherRows(Operation):
    name = "gather_rows"
    cases = (
        Case(table=real("n k"), index=index_into("table", axis=0, shape="m")),
        Case(table=real("n k"), index=index_into("table", axis=0, shape="m 2")),
    )
    once_differentiable = "scatters"

    def forward(self, ctx: Any, table: Any, index: Any) -> Any:
        ctx.save(table.shape, index)
        return table[index]

    def backward(self, ctx: Any, grad: Any) -> Any:
        shape, index = ctx.saved
        out = np.zeros(shape, grad.dtype)
        np.add.at(out, index, grad)
        return out, None
