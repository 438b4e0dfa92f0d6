"""Attention, rotations and draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, real

from ..entry import wrong_operation


class GumbelSoftmax(Operation):
    """softmax((logits + noise) / tau), the noise drawn outside."""

    name = "gumbel_softmax"
    cases = (Case(logits=real("n k"), uniform=between(0.01, 0.99, "n k"), tau=0.7),)

    def forward(self, ctx: Any, logits: Any, uniform: Any, *, tau: Any = 1.0) -> Any:
        z = (logits - np.log(-np.log(uniform))) / tau
        z = z - z.max(axis=-1, keepdims=True)
        e = np.exp(z)
        y = e / e.sum(axis=-1, keepdims=True)
        ctx.save(y, uniform, tau)
        return y

    def backward(self, ctx: Any, grad: Any) -> Any:
        y, u, tau = ctx.saved
        gz = y * (grad - (grad * y).sum(axis=-1, keepdims=True)) / tau
        return gz, -gz / (u * np.log(u))


@wrong_operation("protocol", twin=GumbelSoftmax, cause=r"None.*input 1")
class GumbelNoiseNone(GumbelSoftmax):
    # the noise is taken for a constant
    def backward(self, ctx: Any, grad: Any) -> Any:
        y, _u, tau = ctx.saved
        gz = y * (grad - (grad * y).sum(axis=-1, keepdims=True)) / tau
        return gz, None


class Attention(Operation):
    name = "causal_attention"
    cases = (
        Case(q=real("b t d"), k=real("b t d"), v=real("b t e")),
        Case(q=real("b t d"), k=real("b t d"), v=real("b t e"), causal=False),
    )

    def forward(self, ctx: Any, q: Any, k: Any, v: Any, *, causal: Any = True) -> Any:
        t = q.shape[1]
        scale = float(q.shape[-1]) ** -0.5 if q.shape[-1] else 1.0
        s = (q @ np.swapaxes(k, -1, -2)) * scale
        if causal:
            s = np.where(np.tril(np.ones((t, t), bool)), s, -1e30)
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        p = e / e.sum(axis=-1, keepdims=True)
        ctx.save(q, k, v, p, scale)
        return p @ v

    def backward(self, ctx: Any, grad: Any) -> Any:
        q, k, v, p, scale = ctx.saved
        gp = grad @ np.swapaxes(v, -1, -2)
        gs = p * (gp - (gp * p).sum(-1, keepdims=True)) * scale
        return gs @ k, np.swapaxes(gs, -1, -2) @ q, np.swapaxes(p, -1, -2) @ grad


@wrong_operation("formula", twin=Attention, cause=r"factor")
class AttentionScaleLost(Attention):
    # the scale is left out in backward
    def backward(self, ctx: Any, grad: Any) -> Any:
        q, k, v, p, _scale = ctx.saved
        gp = grad @ np.swapaxes(v, -1, -2)
        gs = p * (gp - (gp * p).sum(-1, keepdims=True))
        return gs @ k, np.swapaxes(gs, -1, -2) @ q, np.swapaxes(p, -1, -2) @ grad


class Rotary(Operation):
    name = "rotary"
    cases = (Case(x=real("t 4")), Case(x=real("t 2"), base=100.0))

    def forward(self, ctx: Any, x: Any, *, base: Any = 10000.0) -> Any:
        t, d = x.shape
        freq = base ** (-np.arange(0, d, 2) / d)
        ang = np.arange(t)[:, None] * freq
        c, s = np.cos(ang).astype(x.dtype), np.sin(ang).astype(x.dtype)
        ctx.save(c, s)
        a, b = x[:, : d // 2], x[:, d // 2 :]
        return np.concatenate([a * c - b * s, a * s + b * c], axis=1)

    def backward(self, ctx: Any, grad: Any) -> Any:
        c, s = ctx.saved
        h = grad.shape[1] // 2
        a, b = grad[:, :h], grad[:, h:]
        return np.concatenate([a * c + b * s, b * c - a * s], axis=1)


@wrong_operation("formula", twin=Rotary, cause=r"transposed")
class RotaryForwardAgain(Rotary):
    # the rotation for its inverse
    def backward(self, ctx: Any, grad: Any) -> Any:
        c, s = ctx.saved
        h = grad.shape[1] // 2
        a, b = grad[:, :h], grad[:, h:]
        return np.concatenate([a * c - b * s, a * s + b * c], axis=1)
