"""Attention and a recurrent cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Attention(Operation):
    """softmax(q k^T / sqrt(d)) v, optionally causal; q, k: (n, d), v: (n, m).

    d/dq, d/dk, d/dv by the chain rule.
    """

    name = "my_attention"
    cases = (
        Case(q=real("n d"), k=real("n d"), v=real("n m")),
        Case(q=real("n d"), k=real("n d"), v=real("n m"), causal=True),
    )

    def forward(self, ctx: Context, q: Any, k: Any, v: Any, *, causal: bool = False) -> Any:
        if q.shape[0] == 0 or q.shape[1] == 0:
            raise ValueError("attention: empty")
        s = q @ k.T / math.sqrt(q.shape[1])
        if causal:
            s = np.where(np.arange(len(k)) > np.arange(len(q))[:, None], -math.inf, s)
        e = np.exp(s - np.max(s, axis=1, keepdims=True))
        p = e / np.sum(e, axis=1, keepdims=True)
        ctx.save(q, k, v, p)
        return p @ v

    def backward(self, ctx: Context, grad: Any) -> Any:
        q, k, v, p = ctx.saved
        gp = grad @ v.T
        gs = p * (gp - np.sum(gp * p, axis=1, keepdims=True)) / math.sqrt(q.shape[1])
        return gs @ k, gs.T @ q, p.T @ grad


@wrong_operation("formula", twin=Attention, cause=r"factor of 2")
class AttentionScale(Attention):
    # scale missing in d/dk
    def backward(self, ctx: Context, grad: Any) -> Any:
        q, k, v, p = ctx.saved
        gp = grad @ v.T
        gs = p * (gp - np.sum(gp * p, axis=1, keepdims=True))
        return gs @ k / math.sqrt(q.shape[1]), gs.T @ q, p.T @ grad


@wrong_operation("shape", twin=Attention, cause=r"axis|sum")
class AttentionAxis(Attention):
    # softmax Jacobian: the sum over the wrong axis
    def backward(self, ctx: Context, grad: Any) -> Any:
        q, k, v, p = ctx.saved
        gp = grad @ v.T
        gs = p * (gp - np.sum(gp * p, axis=0, keepdims=True)) / math.sqrt(q.shape[1])
        return gs @ k, gs.T @ q, p.T @ grad


@wrong_operation("formula", twin=Attention, cause=r"transposed")
class AttentionTransposed(Attention):
    # d/dv uses p not transposed
    def backward(self, ctx: Context, grad: Any) -> Any:
        q, k, v, p = ctx.saved
        gp = grad @ v.T
        gs = p * (gp - np.sum(gp * p, axis=1, keepdims=True)) / math.sqrt(q.shape[1])
        return gs @ k, gs.T @ q, p @ grad


class LstmCell(Operation):
    """One LSTM step without biases; z: (n, 4h) gates i, f, g, o, c: (n, h) -> twice (n, h), state and cell.

    d/dz, d/dc by the chain rule.
    """

    name = "lstm_gates"
    cases = (Case(z=real("n 8"), c=real("n 2")),)

    def forward(self, ctx: Context, z: Any, c: Any) -> Any:
        if z.shape[1] != 4 * c.shape[1]:
            raise ValueError("lstm_gates: z must have four times the columns of c")
        h = c.shape[1]
        i, f, o = (0.5 + 0.5 * np.tanh(z[:, j * h : (j + 1) * h] / 2) for j in (0, 1, 3))
        g = np.tanh(z[:, 2 * h : 3 * h])
        new = f * c + i * g
        t = np.tanh(new)
        ctx.save(i, f, g, o, c, t)
        return o * t, new

    def backward(self, ctx: Context, gh: Any, gc: Any) -> Any:
        i, f, g, o, c, t = ctx.saved
        d = gc + gh * o * (1 - t * t)
        return np.concatenate(
            [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g * g), gh * t * o * (1 - o)], axis=1
        ), d * f


@wrong_operation("cotangent", twin=LstmCell, cause=r"output 1")
class LstmNoCell(LstmCell):
    # the cell's own gradient is forgotten
    def backward(self, ctx: Context, gh: Any, gc: Any) -> Any:
        return super().backward(ctx, gh, gc * 0)


@wrong_operation("formula", twin=LstmCell, cause=r"only at|tanh")
class LstmNoTanh(LstmCell):
    # tanh's derivative of the cell missing
    def backward(self, ctx: Context, gh: Any, gc: Any) -> Any:
        i, f, g, o, c, t = ctx.saved
        d = gc + gh * o
        return np.concatenate(
            [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g * g), gh * t * o * (1 - o)], axis=1
        ), d * f


@wrong_operation("shape", twin=LstmCell, cause=r"permuted|places")
class LstmGates(LstmCell):
    # gates i and f exchanged in gradient
    def backward(self, ctx: Context, gh: Any, gc: Any) -> Any:
        i, f, g, o, c, t = ctx.saved
        d = gc + gh * o * (1 - t * t)
        return np.concatenate(
            [d * c * f * (1 - f), d * g * i * (1 - i), d * i * (1 - g * g), gh * t * o * (1 - o)], axis=1
        ), d * f


@wrong_operation("formula", twin=LstmCell, cause=r"factor|output")
class LstmForget(LstmCell):
    # forget gate missing in d/dc
    def backward(self, ctx: Context, gh: Any, gc: Any) -> Any:
        gz, _gcell = super().backward(ctx, gh, gc)
        _i, _f, _g, o, _c, t = ctx.saved
        return gz, gc + gh * o * (1 - t * t)
