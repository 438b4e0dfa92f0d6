"""Softmax and attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, boolean, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class SoftmaxOver(Operation):
    """softmax along `axis`, at `temperature`; x: (n, k). d/dx = y (grad - sum(grad y)) / temperature."""

    name = "softmax_over"
    cases = (Case(x=real("n k"), axis=axis_of("x")), Case(x=real("n k"), axis=1, temperature=2.0))

    def forward(self, ctx: Context, x: Any, *, axis: int = -1, temperature: float = 1.0) -> Any:
        if temperature <= 0:
            raise ValueError(f"softmax_over: temperature must be positive, got {temperature}")
        e = np.exp((x - np.max(x, axis=axis, keepdims=True)) / temperature)
        y = e / np.sum(e, axis=axis, keepdims=True)
        ctx.save(y, axis, temperature)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        y, axis, temperature = ctx.saved
        return y * (grad - np.sum(grad * y, axis=axis, keepdims=True)) / temperature


@wrong_operation("coverage", twin=SoftmaxOver, cause=r"temperature|factor|setting|times")
class SoftmaxTemperatureForgotten(SoftmaxOver):
    def backward(self, ctx: Context, grad: Any) -> Any:
        y, axis, _ = ctx.saved
        return y * (grad - np.sum(grad * y, axis=axis, keepdims=True))


@wrong_operation("formula", twin=SoftmaxOver, cause=r"term|missing|diagonal|differs|proportional")
class SoftmaxMeanForSum(SoftmaxOver):
    def backward(self, ctx: Context, grad: Any) -> Any:
        y, axis, temperature = ctx.saved
        return y * (grad - np.mean(grad * y, axis=axis, keepdims=True)) / temperature


@wrong_operation(
    "memory", twin=SoftmaxOver, cause=r"saved|output|in place|caller|writes|memory|changes|twice|second"
)
class SoftmaxInSaved(SoftmaxOver):
    once_differentiable = "it writes into a buffer"

    def backward(self, ctx: Context, grad: Any) -> Any:
        y, axis, temperature = ctx.saved
        dot = np.sum(grad * y, axis=axis, keepdims=True)
        y *= grad - dot  # y is what forward returned
        return y / temperature


class Attention(Operation):
    """softmax(q k^T / sqrt(d)) v, where mask is True if given; q: (n, d), k: (m, d), v: (m, e), mask: (n, m).

    A row that may see nothing gets zeros.
    """

    name = "attention"
    cases = (
        Case(q=real("n d"), k=real("m d"), v=real("m e")),
        Case(q=real("n d"), k=real("m d"), v=real("m e"), mask=boolean("n m")),
    )

    def forward(self, ctx: Context, q: Any, k: Any, v: Any, mask: Any = None) -> Any:
        if q.shape[1] != k.shape[1] or k.shape[0] != v.shape[0]:
            raise ValueError(f"attention: q {q.shape}, k {k.shape}, v {v.shape}")
        if not k.shape[0] or not k.shape[1]:
            raise ValueError("attention: nothing to attend to")
        scores = q @ k.T / float(np.sqrt(q.shape[1]))
        if mask is not None:
            if mask.shape != scores.shape:
                raise ValueError(f"attention: mask {mask.shape} for scores {scores.shape}")
            scores = np.where(mask, scores, -1e30)
        e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        if mask is not None:
            e = e * mask
        total = np.sum(e, axis=1, keepdims=True)
        p = e / np.where(total == 0, 1, total)
        ctx.save(q, k, v, p)
        return p @ v

    def backward(self, ctx: Context, grad: Any) -> Any:
        q, k, v, p = ctx.saved
        dp = grad @ v.T
        ds = p * (dp - np.sum(dp * p, axis=1, keepdims=True)) / float(np.sqrt(q.shape[1]))
        return (ds @ k, ds.T @ q, p.T @ grad, None)[: len(ctx.needs)]


@wrong_operation("formula", twin=Attention, cause=r"factor|times|constant")
class AttentionUnscaled(Attention):
    def backward(self, ctx: Context, grad: Any) -> Any:
        q, *_ = ctx.saved
        dq, dk, *rest = super().backward(ctx, grad)
        root = float(np.sqrt(q.shape[1]))
        return dq * root, dk * root, *rest  # the root of d is missing


@wrong_operation("formula", twin=Attention, cause=r"diagonal|term|missing|differs|proportional")
class AttentionSoftmaxDiagonal(Attention):
    def backward(self, ctx: Context, grad: Any) -> Any:
        q, k, v, p = ctx.saved
        ds = p * (1 - p) * (grad @ v.T) / float(np.sqrt(q.shape[1]))
        return (ds @ k, ds.T @ q, p.T @ grad, None)[: len(ctx.needs)]
