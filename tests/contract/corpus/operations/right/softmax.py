"""Right operations: softmax and its kin, normalisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, real


class LogSumExp(Operation):
    """log of the sum of exp(x) of each row, without overflow. x: (n, k) -> (n,). d/dx = grad * softmax(x)."""

    name = "logsumexp"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        top = np.max(x, axis=1, keepdims=True)
        shift = np.where(np.isfinite(top), top, 0.0)
        total = np.sum(np.exp(x - shift), axis=1)
        y = np.where(total == 0, -np.inf, np.log(np.where(total == 0, 1.0, total))) + shift[:, 0]
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        shift = np.where(np.isfinite(y), y, 0.0)
        return grad[:, None] * np.exp(x - shift[:, None])


class Softmax(Operation):
    """Softmax over the last axis. x: (n, k) or (n, m, k), same out. d/dx = y * (grad - sum(grad * y))."""

    name = "softmax"
    cases = (Case(x=real("n k")), Case(x=real("n m k")))

    def forward(self, ctx: Context, x: Any) -> Any:
        e = np.exp(x - np.max(x, axis=-1, keepdims=True))
        y = e / np.sum(e, axis=-1, keepdims=True)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return y * (grad - np.sum(grad * y, axis=-1, keepdims=True))


class LogSoftmax(Operation):
    """Logarithm of the softmax of each row. x: (n, k) -> (n, k). d/dx = grad - softmax(x) * sum(grad)."""

    name = "log_softmax"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        shifted = x - np.max(x, axis=1, keepdims=True)
        y = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad - np.exp(y) * np.sum(grad, axis=1, keepdims=True)


class LayerNorm(Operation):
    """Each row with mean 0 and variance 1 (epsilon 1e-5 inside the root). x: (n, k) -> (n, k).

    d/dx = (grad - mean(grad) - y * mean(grad * y)) / deviation.
    """

    name = "layer_norm"
    cases = (Case(x=between(-3, 3, "n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        k = max(x.shape[1], 1)
        centred = x - np.sum(x, axis=1, keepdims=True) / k
        deviation = np.sqrt(np.sum(centred * centred, axis=1, keepdims=True) / k + 1e-5)
        y = centred / deviation
        ctx.save(y, deviation, k)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        y, deviation, k = ctx.saved
        mean = np.sum(grad, axis=1, keepdims=True) / k
        return (grad - mean - y * np.sum(grad * y, axis=1, keepdims=True) / k) / deviation
