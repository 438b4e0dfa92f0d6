"""Normalizations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class LayerNorm(Operation):
    """(x - mean) / sqrt(var + eps) * gain + bias over the last axis; x: (n, k), gain, bias: (k,).

    d/dx, d/dgain, d/dbias as in Ba et al.
    """

    name = "my_layer_norm"
    cases = (
        Case(x=real("n k"), gain=real("k"), bias=real("k")),
        Case(x=real("b n k"), gain=real("k"), bias=real("k")),
    )

    def forward(self, ctx: Context, x: Any, gain: Any, bias: Any, *, eps: float = 1e-5) -> Any:
        if x.shape[-1] == 0:
            raise ValueError("layer_norm: no features")
        c = x - np.mean(x, axis=-1, keepdims=True)
        r = 1 / np.sqrt(np.mean(c * c, axis=-1, keepdims=True) + eps)
        h = c * r
        ctx.save(h, r, gain)
        return h * gain + bias

    def lead(self, g: Any) -> Any:
        return tuple(range(g.ndim - 1))

    def backward(self, ctx: Context, grad: Any) -> Any:
        h, r, gain = ctx.saved
        g = grad * gain
        gx = r * (g - np.mean(g, axis=-1, keepdims=True) - h * np.mean(g * h, axis=-1, keepdims=True))
        return gx, np.sum(grad * h, axis=self.lead(grad)), np.sum(grad, axis=self.lead(grad))


@wrong_operation("formula", twin=LayerNorm, cause=r"mean or variance")
class LayerNormVariance(LayerNorm):
    # variance taken for a constant
    def backward(self, ctx: Context, grad: Any) -> Any:
        h, r, gain = ctx.saved
        g = grad * gain
        return (
            r * (g - np.mean(g, axis=-1, keepdims=True)),
            np.sum(grad * h, axis=self.lead(grad)),
            np.sum(grad, axis=self.lead(grad)),
        )


@wrong_operation("formula", twin=LayerNorm, cause=r"gain")
class LayerNormGain(LayerNorm):
    # gain missing in d/dx
    def backward(self, ctx: Context, grad: Any) -> Any:
        h, r, _gain = ctx.saved
        g = grad
        gx = r * (g - np.mean(g, axis=-1, keepdims=True) - h * np.mean(g * h, axis=-1, keepdims=True))
        return gx, np.sum(grad * h, axis=self.lead(grad)), np.sum(grad, axis=self.lead(grad))


@wrong_operation("shape", twin=LayerNorm, cause=r"mean for a sum")
class LayerNormLead(LayerNorm):
    # 3-d input: gain's gradient sums over axis 0 only, then takes mean
    def backward(self, ctx: Context, grad: Any) -> Any:
        gx, gg, gb = super().backward(ctx, grad)
        h = ctx.saved[0]
        if grad.ndim > 2:
            gg = np.mean(np.sum(grad * h, axis=0), axis=tuple(range(grad.ndim - 2)))
        return gx, gg, gb


@wrong_operation("formula", twin=LayerNorm, cause=r"epsilon")
class LayerNormEps(LayerNorm):
    # eps forgotten in backward's r
    def forward(self, ctx: Context, x: Any, gain: Any, bias: Any, *, eps: float = 1e-5) -> Any:
        y = super().forward(ctx, x, gain, bias, eps=eps)
        c = x - np.mean(x, axis=-1, keepdims=True)
        r = 1 / np.sqrt(np.maximum(np.mean(c * c, axis=-1, keepdims=True), 1e-30))
        ctx.save(c * r, r, gain)
        return y


class RmsNorm(Operation):
    """x / sqrt(mean x^2 + eps) * gain over the last axis; x: (n, k), gain: (k,).

    d/dx = r (g - h mean(g h)), g = grad gain.
    """

    name = "my_rms_norm"
    cases = (Case(x=real("n k"), gain=real("k")), Case(x=real("b n k"), gain=real("k")))

    def forward(self, ctx: Context, x: Any, gain: Any, *, eps: float = 1e-6) -> Any:
        if x.shape[-1] == 0:
            raise ValueError("rms_norm: no features")
        r = 1 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps)
        ctx.save(x * r, r, gain)
        return x * r * gain

    def backward(self, ctx: Context, grad: Any) -> Any:
        h, r, gain = ctx.saved
        g = grad * gain
        return r * (g - h * np.mean(g * h, axis=-1, keepdims=True)), np.sum(
            grad * h, axis=tuple(range(grad.ndim - 1))
        )


@wrong_operation("formula", twin=RmsNorm, cause=r"proportional to x|term")
class RmsNormSum(RmsNorm):
    # sum instead of mean in the correction
    def backward(self, ctx: Context, grad: Any) -> Any:
        h, r, gain = ctx.saved
        g = grad * gain
        return r * (g - h * np.sum(g * h, axis=-1, keepdims=True)), np.sum(
            grad * h, axis=tuple(range(grad.ndim - 1))
        )


@wrong_operation("formula", twin=RmsNorm, cause=r"transposed|gain")
class RmsNormInside(RmsNorm):
    # gain not inside the mean
    def backward(self, ctx: Context, grad: Any) -> Any:
        h, r, gain = ctx.saved
        return r * gain * (grad - h * np.mean(grad * h, axis=-1, keepdims=True)), np.sum(
            grad * h, axis=tuple(range(grad.ndim - 1))
        )


class BatchNorm(Operation):
    """Batch statistics: (x - mean) / sqrt(var + eps) over axis 0; x: (n, k).

    d/dx = r (grad - mean grad - h mean(grad h)).
    """

    name = "my_batch_norm"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any, *, eps: float = 1e-5) -> Any:
        if x.shape[0] < 2:
            raise ValueError("batch_norm: at least two rows")
        c = x - np.mean(x, axis=0)
        r = 1 / np.sqrt(np.mean(c * c, axis=0) + eps)
        ctx.save(c * r, r)
        return c * r

    def backward(self, ctx: Context, grad: Any) -> Any:
        h, r = ctx.saved
        return r * (grad - np.mean(grad, axis=0) - h * np.mean(grad * h, axis=0))


@wrong_operation("formula", twin=BatchNorm, cause=r"mean or variance")
class BatchNormConstant(BatchNorm):
    # statistics taken for constants
    def backward(self, ctx: Context, grad: Any) -> Any:
        _h, r = ctx.saved
        return r * grad


@wrong_operation("formula", twin=BatchNorm, cause=r"proportional to y|term")
class BatchNormDdof(BatchNorm):
    # ddof: divides by n - 1 in backward
    def backward(self, ctx: Context, grad: Any) -> Any:
        h, r = ctx.saved
        n = len(grad)
        return r * (grad - np.mean(grad, axis=0) - h * np.sum(grad * h, axis=0) / (n - 1))


@wrong_operation("state", twin=BatchNorm, cause=r"attribute 'mean'")
class BatchNormRunning(BatchNorm):
    # running statistics on self change the output from call to call
    def __init__(self) -> None:
        self.mean: Any = None

    def forward(self, ctx: Context, x: Any, *, eps: float = 1e-5) -> Any:
        y = super().forward(ctx, x, eps=eps)
        self.mean = np.mean(x, axis=0)
        return y


@wrong_operation("shape", twin=BatchNorm, cause=r"square.*(axis|transpose)")
class BatchNormAxis(BatchNorm):
    # axis -1 in one of the means (square)
    def backward(self, ctx: Context, grad: Any) -> Any:
        h, r = ctx.saved
        m = np.mean(grad, axis=1) if grad.shape[0] == grad.shape[1] else np.mean(grad, axis=0)
        return r * (grad - m - h * np.mean(grad * h, axis=0))
