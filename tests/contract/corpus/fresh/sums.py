"""Sums with optional inputs, scans and cells."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, boolean, real

from ..entry import wrong_operation


class MaskedSum(Operation):
    name = "weighted_sum"
    cases = (
        Case(x=real("n k"), weight=real("k")),
        Case(x=real("n k")),
        Case(x=real("n k"), weight=real("k"), mask=boolean("n")),
        Case(x=real("n k"), weight=None, mask=boolean("n")),
    )

    def forward(self, ctx: Any, x: Any, weight: Any = None, mask: Any = None) -> Any:
        y = x if weight is None else x * weight
        if mask is not None:
            y = y * mask[:, None]
        ctx.save(x, weight, mask)
        return y.sum(axis=1)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, weight, mask = ctx.saved
        if mask is not None:
            grad = grad * mask
        g = np.broadcast_to(grad[:, None], x.shape)
        if weight is None:
            return g * 1.0, None, None
        return g * weight, (g * x).sum(axis=0), None


@wrong_operation("index", twin=MaskedSum, cause=r"mask|weight")
class WsumMaskIgnored(MaskedSum):
    # the mask is ignored in backward
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, weight, mask = ctx.saved
        if mask is not None:
            pass
        g = np.broadcast_to(grad[:, None], x.shape)
        if weight is None:
            return g * 1.0, None, None
        return g * weight, (g * x).sum(axis=0), None


@wrong_operation("shape", twin=MaskedSum, cause=r"square|axis")
class WsumWeightAxis(MaskedSum):
    # the other axis where both are as long
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, weight, mask = ctx.saved
        if mask is not None:
            grad = grad * mask
        g = np.broadcast_to(grad[:, None], x.shape)
        if weight is None:
            return g * 1.0, None, None
        return (
            g * weight,
            (g * x).sum(axis=1)[: weight.shape[0]] if x.shape[0] == x.shape[1] else (g * x).sum(axis=0),
            None,
        )


class CumprodAxis(Operation):
    """Cumulative product by an explicit scan: right where a factor is zero too."""

    name = "cumprod_axis"
    once_differentiable = "written as a scan over buffers"
    cases = (Case(x=real("n 4"), axis=axis_of("x")),)

    def forward(self, ctx: Any, x: Any, *, axis: Any = 0) -> Any:
        ctx.save(x, axis)
        return np.cumprod(x, axis=axis)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, axis = ctx.saved
        xs, gs = np.moveaxis(x, axis, 0), np.moveaxis(grad, axis, 0)
        n = xs.shape[0]
        out = np.zeros_like(xs)
        for i in range(n):
            part = np.ones_like(xs[0]) if i == 0 else np.prod(xs[:i], axis=0)
            for j in range(i, n):
                if j > i:
                    part = part * xs[j]
                out[i] += gs[j] * part
        return np.moveaxis(out, 0, axis)


@wrong_operation("shape", twin=CumprodAxis, cause=r"transposed|shape")
class CumprodMoveback(CumprodAxis):
    # the axis is not moved back from the end
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, axis = ctx.saved
        xs, gs = np.moveaxis(x, axis, 0), np.moveaxis(grad, axis, 0)
        n = xs.shape[0]
        out = np.zeros_like(xs)
        for i in range(n):
            part = np.ones_like(xs[0]) if i == 0 else np.prod(xs[:i], axis=0)
            for j in range(i, n):
                if j > i:
                    part = part * xs[j]
                out[i] += gs[j] * part
        return np.moveaxis(out, 0, -1) if axis == -1 else out


class RevCumsum(Operation):
    name = "reverse_cumsum"
    cases = (Case(x=real("n k"), axis=axis_of("x")), Case(x=real("n k"), axis=axis_of("x"), exclusive=True))

    def forward(self, ctx: Any, x: Any, *, axis: Any = -1, exclusive: Any = False) -> Any:
        ctx.save(axis, exclusive)
        out = np.flip(np.cumsum(np.flip(x, axis), axis=axis), axis)
        return out - x if exclusive else out

    def backward(self, ctx: Any, grad: Any) -> Any:
        axis, exclusive = ctx.saved
        total = np.cumsum(grad, axis=axis)
        return total - grad if exclusive else total


@wrong_operation("formula", twin=RevCumsum, cause=r"transposed|J g")
class RevcumsumFlipped(RevCumsum):
    # summed from the end again
    def backward(self, ctx: Any, grad: Any) -> Any:
        axis, exclusive = ctx.saved
        total = np.flip(np.cumsum(np.flip(grad, axis), axis=axis), axis)
        return total - grad if exclusive else total


class EmaScan(Operation):
    """y_t = a y_{t-1} + (1 - a) x_t along the first axis, from y0."""

    name = "ema_scan"
    once_differentiable = "a scan over buffers"
    cases = (Case(x=real("t k"), y0=real("k"), decay=0.7),)

    def forward(self, ctx: Any, x: Any, y0: Any, *, decay: Any = 0.9) -> Any:
        out = np.empty_like(x)
        y = y0
        for t in range(len(x)):
            y = decay * y + (1 - decay) * x[t]
            out[t] = y
        ctx.save(decay, y0.shape)
        return out

    def backward(self, ctx: Any, grad: Any) -> Any:
        decay, shape = ctx.saved
        gx = np.empty_like(grad)
        carry = np.zeros(shape, grad.dtype)
        for t in reversed(range(len(grad))):
            carry = carry + grad[t]
            gx[t] = (1 - decay) * carry
            carry = decay * carry
        return gx, carry


@wrong_operation("formula", twin=EmaScan, cause=r"decay|input 1")
class EmaLastUndecayed(EmaScan):
    # the first step back is not decayed
    def backward(self, ctx: Any, grad: Any) -> Any:
        decay, shape = ctx.saved
        gx = np.empty_like(grad)
        carry = np.zeros(shape, grad.dtype)
        for t in reversed(range(len(grad))):
            carry = carry + grad[t]
            gx[t] = (1 - decay) * carry
            carry = decay * carry if t else carry
        return gx, carry


class GRUCell(Operation):
    name = "minimal_gru"
    cases = (Case(x=real("n h"), h=real("n h"), w=real("h h")),)

    def forward(self, ctx: Any, x: Any, h: Any, w: Any) -> Any:
        z = 0.5 * (1 + np.tanh((x + h @ w) / 2))
        c = np.tanh(x)
        ctx.save(x, h, w, z, c)
        return (1 - z) * h + z * c

    def backward(self, ctx: Any, grad: Any) -> Any:
        _x, h, w, z, c = ctx.saved
        ga = grad * (c - h) * z * (1 - z)
        gx = ga + grad * z * (1 - c * c)
        gh = grad * (1 - z) + ga @ w.T
        return gx, gh, h.T @ ga
