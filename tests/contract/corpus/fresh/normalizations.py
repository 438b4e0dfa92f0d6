"""Normalisations and attention."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, boolean, real

from ..entry import wrong_operation


class LayerNorm(Operation):
    name = "layer_norm2"
    cases = (
        Case(x=real("n k"), gain=real("k"), shift=real("k")),
        Case(x=real("n m k"), gain=real("k"), shift=real("k")),
        Case(x=real("n k"), gain=real("k")),
    )

    def forward(self, ctx: Any, x: Any, gain: Any, shift: Any = None, *, eps: Any = 1e-5) -> Any:
        c = x - x.mean(axis=-1, keepdims=True)
        inv = 1 / np.sqrt((c * c).mean(axis=-1, keepdims=True) + eps)
        h = c * inv
        ctx.save(h, inv, gain, shift is not None)
        return h * gain + shift if shift is not None else h * gain

    def backward(self, ctx: Any, grad: Any) -> Any:
        h, inv, gain, shifted = ctx.saved
        lead = tuple(range(h.ndim - 1))
        gh = grad * gain
        gx = inv * (gh - gh.mean(axis=-1, keepdims=True) - h * (gh * h).mean(axis=-1, keepdims=True))
        ggain = (grad * h).sum(axis=lead)
        return gx, ggain, grad.sum(axis=lead) if shifted else None


class BatchNorm(Operation):
    """Batch statistics, over all axes but 1; also gives mean and variance."""

    name = "batch_norm_stats"
    cases = (Case(x=real("4 c 3")), Case(x=real("5 c")))

    def forward(self, ctx: Any, x: Any, *, eps: Any = 1e-3) -> Any:
        axes = tuple(a for a in range(x.ndim) if a != 1)
        mean = x.mean(axis=axes, keepdims=True)
        c = x - mean
        var = (c * c).mean(axis=axes, keepdims=True)
        inv = 1 / np.sqrt(var + eps)
        ctx.save(c, inv, axes)
        return c * inv, mean.reshape(-1), var.reshape(-1)

    def backward(self, ctx: Any, gy: Any, gm: Any, gv: Any) -> Any:
        c, inv, axes = ctx.saved
        n = c.size // max(c.shape[1], 1)
        shape = inv.shape
        h = c * inv
        gx = inv * (gy - gy.mean(axis=axes, keepdims=True) - h * (gy * h).mean(axis=axes, keepdims=True))
        return gx + gm.reshape(shape) / n + gv.reshape(shape) * 2 * c / n


@wrong_operation("formula", twin=BatchNorm, cause=r"output 2")
class BatchnormVarGradMissing(BatchNorm):
    # what comes back through the variance is forgotten
    def backward(self, ctx: Any, gy: Any, gm: Any, gv: Any) -> Any:
        c, inv, axes = ctx.saved
        n = c.size // max(c.shape[1], 1)
        shape = inv.shape
        h = c * inv
        gx = inv * (gy - gy.mean(axis=axes, keepdims=True) - h * (gy * h).mean(axis=axes, keepdims=True))
        return gx + gm.reshape(shape) / n


class GroupNorm(Operation):
    name = "group_norm1d"
    cases = (Case(x=real("n 4 l"), groups=2), Case(x=real("n 3 l"), groups=1))

    def forward(self, ctx: Any, x: Any, *, groups: Any = 1) -> Any:
        n, channels, length = x.shape
        g = x.reshape(n, groups, channels // groups * length)
        c = g - g.mean(axis=2, keepdims=True)
        inv = 1 / np.sqrt((c * c).mean(axis=2, keepdims=True) + 1e-3)
        h = c * inv
        ctx.save(h, inv, x.shape)
        return h.reshape(x.shape)

    def backward(self, ctx: Any, grad: Any) -> Any:
        h, inv, shape = ctx.saved
        g = grad.reshape(h.shape)
        out = inv * (g - g.mean(axis=2, keepdims=True) - h * (g * h).mean(axis=2, keepdims=True))
        return out.reshape(shape)


@wrong_operation("shape", twin=GroupNorm, cause=r"groups|axis")
class GroupnormWrongAxis(GroupNorm):
    # over all groups
    def backward(self, ctx: Any, grad: Any) -> Any:
        h, inv, shape = ctx.saved
        g = grad.reshape(h.shape)
        out = inv * (g - g.mean(axis=2, keepdims=True) - h * (g * h).mean(axis=(1, 2), keepdims=True))
        return out.reshape(shape)


class MaskedSoftmax(Operation):
    name = "masked_softmax"
    cases = (Case(x=real("n k"), mask=boolean("n k")),)

    def forward(self, ctx: Any, x: Any, mask: Any) -> Any:
        low = np.where(mask, x, -1e30 + 0 * x)
        e = np.exp(low - low.max(axis=-1, keepdims=True)) * mask
        s = e.sum(axis=-1, keepdims=True)
        y = e / np.where(s == 0, 1 + 0 * s, s)
        ctx.save(y)
        return y

    def backward(self, ctx: Any, grad: Any) -> Any:
        (y,) = ctx.saved
        return y * (grad - (grad * y).sum(axis=-1, keepdims=True)), None


@wrong_operation("shape", twin=MaskedSoftmax, cause=r"axis")
class MaskedSoftmaxAxis(MaskedSoftmax):
    # the other axis
    def backward(self, ctx: Any, grad: Any) -> Any:
        (y,) = ctx.saved
        return y * (grad - (grad * y).sum(axis=0, keepdims=True)), None
