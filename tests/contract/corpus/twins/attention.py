"""Correct operations of transformers, and of triangular and symmetric matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, real

if TYPE_CHECKING:
    from minigrad_core import Context


class BatchMatmul(Operation):
    """x @ weight for each x of a batch. x: (b, n, k), weight: (k, m) -> (b, n, m).

    d/dx = grad @ weight.T, d/dweight = x.T @ grad summed over the batch.
    """

    name = "batch_matmul"
    cases = (Case(x=real("b n k"), weight=real("k m")),)

    def forward(self, ctx: Context, x: Any, weight: Any) -> Any:
        if x.ndim != 3 or weight.ndim != 2 or x.shape[2] != weight.shape[0]:
            raise ValueError(f"batch_matmul: shapes {x.shape} and {weight.shape} do not fit")
        ctx.save(x, weight)
        return x @ weight

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, weight = ctx.saved
        return (
            grad @ weight.T if ctx.needs[0] else None,
            np.sum(np.swapaxes(x, 1, 2) @ grad, axis=0) if ctx.needs[1] else None,
        )


class Lower(Operation):
    """The lower triangle. x: (n, m) -> (n, m), zeros above the diagonal.

    d/dx = the lower triangle of grad.
    """

    name = "lower"
    cases = (Case(x=real("n m")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        below = np.arange(x.shape[0])[:, None] >= np.arange(x.shape[1])
        ctx.save(below)
        return np.where(below, x, 0.0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (below,) = ctx.saved
        return np.where(below, grad, 0.0)


class Symmetric(Operation):
    """(x + x.T) / 2. x: (n, n) -> (n, n). d/dx = (grad + grad.T) / 2."""

    name = "symmetric"
    cases = (Case(x=real("n n")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        if x.ndim != 2 or x.shape[0] != x.shape[1]:
            raise ValueError(f"symmetric: expected a square matrix, got shape {x.shape}")
        return 0.5 * (x + x.T)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return 0.5 * (grad + grad.T)


class Attention(Operation):
    """softmax(q @ k.T / 2) @ v. q: (n, 4), k: (m, 4), v: (m, d) -> (n, d), values in (-3, 3).

    With p the softmax and s = p * (grad @ v.T - the row sums of that times p):
    d/dq = s @ k / 2, d/dk = s.T @ q / 2, d/dv = p.T @ grad.
    """

    name = "attention"
    cases = (Case(q=between(-3, 3, "n 4"), k=between(-3, 3, "m 4"), v=between(-3, 3, "m d")),)

    def forward(self, ctx: Context, q: Any, k: Any, v: Any) -> Any:
        if q.ndim != 2 or q.shape[1:] != k.shape[1:] or k.shape[:1] != v.shape[:1]:
            raise ValueError(f"attention: shapes {q.shape}, {k.shape} and {v.shape} do not fit")
        scores = q @ k.T / 2
        e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        p = e / np.sum(e, axis=1, keepdims=True)
        ctx.save(q, k, v, p)
        return p @ v

    def backward(self, ctx: Context, grad: Any) -> Any:
        q, k, v, p = ctx.saved
        dp = grad @ v.T
        s = p * (dp - np.sum(dp * p, axis=1, keepdims=True)) / 2
        return (
            s @ k if ctx.needs[0] else None,
            s.T @ q if ctx.needs[1] else None,
            p.T @ grad if ctx.needs[2] else None,
        )


class RmsNorm(Operation):
    """weight * x / root of (the mean of x**2 over each row, plus 1e-5). x: (n, k), weight: (k,) -> (n, k).

    With y = x / r, g = grad * weight: d/dx = (g - y * mean(g * y)) / r, d/dweight = grad * y summed over n.
    """

    name = "rms_norm"
    cases = (Case(x=between(-3, 3, "n k"), weight=real("k")),)

    def forward(self, ctx: Context, x: Any, weight: Any) -> Any:
        if x.ndim != 2 or weight.shape != x.shape[1:]:
            raise ValueError(f"rms_norm: shapes {x.shape} and {weight.shape} do not fit")
        width = max(x.shape[1], 1)
        r = np.sqrt(np.sum(x * x, axis=1, keepdims=True) / width + 1e-5)
        y = x / r
        ctx.save(y, r, weight, width)
        return weight * y

    def backward(self, ctx: Context, grad: Any) -> Any:
        y, r, weight, width = ctx.saved
        g = grad * weight
        return (
            (g - y * np.sum(g * y, axis=1, keepdims=True) / width) / r if ctx.needs[0] else None,
            np.sum(grad * y, axis=0) if ctx.needs[1] else None,
        )
