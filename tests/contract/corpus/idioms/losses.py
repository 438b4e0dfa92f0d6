"""Losses, attention and dropout as people write them."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, boolean, index_into, real

IN_PLACE = "the gradient is written into a buffer"


class WeightedNll(Operation):
    """Weighted mean of -log_p[i, label]. log_p: (n, k), labels: (n,), class weights as a setting -> ()."""

    name = "weighted_nll"
    cases = (Case(log_p=real("n 3"), labels=index_into("log_p", axis=1, shape="n"), weights=(0.5, 1.0, 2.0)),)

    def forward(self, ctx: Context, log_p: Any, labels: Any, *, weights: tuple[float, ...]) -> Any:
        if log_p.ndim != 2 or labels.shape != log_p.shape[:1]:
            raise ValueError(f"weighted_nll: shapes {log_p.shape} and {labels.shape} do not fit")
        chosen = np.eye(log_p.shape[1], dtype=log_p.dtype)[labels] * np.asarray(weights, log_p.dtype)
        share = chosen / max(chosen.sum(), 1e-3)
        ctx.save(share.astype(log_p.dtype))
        return -np.where(share > 0, share * log_p, 0).sum()

    def backward(self, ctx: Context, grad: Any) -> Any:
        (share,) = ctx.saved
        return -grad * share.astype(grad.dtype), None


class DropoutByMask(Operation):
    """x / keep where mask, else 0; the mask is drawn outside. x: any shape, mask: the same."""

    name = "dropout_by_mask"
    cases = (Case(x=real("n k"), mask=boolean("n k")),)

    def forward(self, ctx: Context, x: Any, mask: Any, *, keep: float = 0.8) -> Any:
        if x.shape != mask.shape:
            raise ValueError(f"dropout_by_mask: shapes {x.shape} and {mask.shape} differ")
        ctx.save(mask, keep)
        return np.where(mask, x, 0.0) / keep

    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, keep = ctx.saved
        return np.where(mask, grad, 0.0) / keep, None


class CausalAttention(Operation):
    """softmax of q k.T / 2 over what is not later, times v. q, k: (t, 4), v: (t, d) -> (t, d)."""

    name = "causal_attention"
    cases = (Case(q=between(-3, 3, "t 4"), k=between(-3, 3, "t 4"), v=between(-3, 3, "t d")),)

    def forward(self, ctx: Context, q: Any, k: Any, v: Any) -> Any:
        if q.shape != k.shape or q.shape[:1] != v.shape[:1] or q.ndim != 2 or v.ndim != 2:
            raise ValueError(f"causal_attention: shapes {q.shape}, {k.shape} and {v.shape} do not fit")
        t = q.shape[0]
        seen = np.arange(t)[:, None] >= np.arange(t)
        e = np.where(seen, np.exp(np.where(seen, q @ k.T / 2, 0.0)), 0.0)
        p = e / e.sum(axis=1, keepdims=True)
        ctx.save(q, k, v, p)
        return p @ v

    def backward(self, ctx: Context, grad: Any) -> Any:
        q, k, v, p = ctx.saved
        dp = grad @ v.T
        s = p * (dp - (dp * p).sum(axis=1, keepdims=True)) / 2
        return s @ k, s.T @ q, p.T @ grad


class Hinge(Operation):
    """Mean of max(0, 1 - y x) for labels y of -1 and 1, given as booleans. x: (n,), positive: (n,) -> ()."""

    name = "hinge"
    cases = (Case(x=real("n"), positive=boolean("n")),)

    def forward(self, ctx: Context, x: Any, positive: Any) -> Any:
        if x.ndim != 1 or x.shape != positive.shape:
            raise ValueError(f"hinge: shapes {x.shape} and {positive.shape} differ")
        sign = np.where(positive, 1, -1).astype(x.dtype)
        margin = 1 - sign * x
        ctx.save(sign, margin, max(len(x), 1))
        return np.maximum(margin, 0).sum() / max(len(x), 1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        sign, margin, n = ctx.saved
        return np.where(margin > 0, -grad * sign / n, 0.0), None


OPERATIONS = tuple(op() for op in (WeightedNll, DropoutByMask, CausalAttention, Hinge))
