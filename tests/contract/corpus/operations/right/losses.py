"""Right losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, boolean, index_into, real

from .indexing import one_hot


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


class CrossEntropy(Operation):
    """Mean of -log softmax(logits)[label]. logits: (n, k), labels: (n,) ints in [0, k) -> ().

    d/dlogits = grad * (softmax - one_hot) / n.
    """

    name = "cross_entropy"
    cases = (Case(logits=real("n k"), labels=index_into("logits", axis=1, shape="n")),)

    def forward(self, ctx: Context, logits: Any, labels: Any) -> Any:
        if logits.ndim != 2 or labels.shape != logits.shape[:1]:
            raise ValueError(f"cross_entropy: shapes {logits.shape} and {labels.shape} do not fit")
        n = max(logits.shape[0], 1)
        shifted = logits - np.max(logits, axis=1, keepdims=True)
        log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
        hot = one_hot(labels, logits.shape[1], logits.dtype)
        ctx.save(log_p, hot, n)
        return -np.sum(log_p[np.arange(labels.shape[0]), labels]) / n

    def backward(self, ctx: Context, grad: Any) -> Any:
        log_p, hot, n = ctx.saved
        return (grad * (np.exp(log_p) - hot) / n if ctx.needs[0] else None, None)


class Dropout(Operation):
    """x / keep where mask, else 0. x: (n, k), mask: (n, k) -> (n, k).

    d/dx = grad / keep where mask, else 0.
    """

    name = "dropout"
    cases = (
        Case(x=real("n k"), mask=boolean("n k"), keep=0.5),
        Case(x=real("n k"), mask=boolean("n k"), keep=1.0),
    )

    def forward(self, ctx: Context, x: Any, mask: Any, *, keep: float) -> Any:
        if x.shape != mask.shape:
            raise ValueError(f"dropout: shapes {x.shape} and {mask.shape} differ")
        ctx.save(mask, keep)
        return np.where(mask, x / keep, 0.0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, keep = ctx.saved
        return (np.where(mask, grad / keep, 0.0) if ctx.needs[0] else None, None)
