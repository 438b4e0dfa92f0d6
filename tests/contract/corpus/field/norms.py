"""Normalisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class LayerNorm(Operation):
    """(x - mean) / sqrt(var + 1e-5) * scale + shift over the last axis; x: (n, k), scale, shift:
    (k,) or None.

    With h = the normalised x: d/dx = r (g - mean(g) - h mean(g h)), g = grad scale (Ba et al. 2016).
    """

    name = "layer_norm"
    cases = (Case(x=real("n k"), scale=real("k"), shift=real("k")), Case(x=real("n k")))

    def forward(self, ctx: Context, x: Any, scale: Any = None, shift: Any = None) -> Any:
        d = x - np.mean(x, axis=-1, keepdims=True)
        r = 1 / np.sqrt(np.mean(d * d, axis=-1, keepdims=True) + 1e-5)
        h = d * r
        ctx.save(h, r, scale, shift is not None)
        y = h if scale is None else h * scale
        return y if shift is None else y + shift

    def backward(self, ctx: Context, grad: Any) -> Any:
        h, r, scale, shifted = ctx.saved
        g = grad if scale is None else grad * scale
        center = g - np.mean(g, axis=-1, keepdims=True)
        dx = r * (center - h * np.mean(g * h, axis=-1, keepdims=True))
        rows = tuple(range(grad.ndim - 1))
        dscale = None if scale is None else np.sum(grad * h, axis=rows)
        dshift = np.sum(grad, axis=rows) if shifted else None
        return (dx, dscale, dshift)[: len(ctx.needs)]


@wrong_operation("formula", twin=LayerNorm, cause=r"term|missing|constant|axis 1|differs")
class LayerNormMeanConstant(LayerNorm):
    def backward(self, ctx: Context, grad: Any) -> Any:
        h, r, scale, _shifted = ctx.saved
        g = grad if scale is None else grad * scale
        dx = r * (g - h * np.mean(g * h, axis=-1, keepdims=True))  # the mean is taken for a constant
        return dx, *super().backward(ctx, grad)[1:]


@wrong_operation("formula", twin=LayerNorm, cause=r"term|missing|constant|axis 1|differs")
class LayerNormVarianceConstant(LayerNorm):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _h, r, scale, _shifted = ctx.saved
        g = grad if scale is None else grad * scale
        dx = r * (g - np.mean(g, axis=-1, keepdims=True))  # the variance is taken for a constant
        return dx, *super().backward(ctx, grad)[1:]


@wrong_operation("formula", twin=LayerNorm, cause=r"input 1|scale|factor|differs|\bx\b|proportional")
class LayerNormScaleGetsX(LayerNorm):
    def forward(self, ctx: Context, x: Any, scale: Any = None, shift: Any = None) -> Any:
        y = super().forward(ctx, x, scale, shift)
        ctx.save(*ctx.saved, x)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        *saved, x = ctx.saved
        ctx.save(*saved)
        found = list(super().backward(ctx, grad))
        ctx.save(*saved, x)
        if found[1:] and saved[2] is not None:
            found[1] = np.sum(grad * x, axis=tuple(range(grad.ndim - 1)))  # x for the normalised x
        return tuple(found)


class BatchNorm(Operation):
    """(x - mean) / sqrt(var + eps) over rows; x: (n, k), n > 0. Returns y, mean and variance, all
    differentiable.
    """

    name = "batch_norm"
    cases = (Case(x=real("5 k")), Case(x=real("4 k"), eps=0.1))

    def forward(self, ctx: Context, x: Any, *, eps: float = 1e-3) -> Any:
        if x.ndim != 2 or not x.shape[0]:
            raise ValueError(f"batch_norm: expected (n, k) with n > 0, got {x.shape}")
        if eps <= 0:
            raise ValueError(f"batch_norm: eps must be positive, got {eps}")
        mean = np.mean(x, axis=0)
        d = x - mean
        var = np.mean(d * d, axis=0)
        r = 1 / np.sqrt(var + eps)
        ctx.save(d, r)
        return d * r, mean, var

    def backward(self, ctx: Context, grad: Any, grad_mean: Any, grad_var: Any) -> Any:
        d, r = ctx.saved
        n = d.shape[0]
        h = d * r
        dx = r * (grad - np.mean(grad, axis=0) - h * np.mean(grad * h, axis=0))
        return dx + grad_mean / n + 2 * d * grad_var / n


@wrong_operation("cotangent", twin=BatchNorm, cause=r"differs|output|grad|term|constant|missing")
class BatchNormIgnoresMean(BatchNorm):
    def backward(self, ctx: Context, grad: Any, grad_mean: Any, grad_var: Any) -> Any:
        return super().backward(ctx, grad, grad_mean * 0, grad_var)  # nothing comes back through the mean


@wrong_operation("formula", twin=BatchNorm, cause=r"differs|term|factor|ddof|output")
class BatchNormVarianceHalf(BatchNorm):
    def backward(self, ctx: Context, grad: Any, grad_mean: Any, grad_var: Any) -> Any:
        return super().backward(ctx, grad, grad_mean, grad_var * 0.5)  # the 2 of d^2 is missing


class UnitRows(Operation):
    """Rows of length 1, x / max(|x|, 1e-12); x: (n, k). d/dx = (grad - y <grad, y>) / |x|."""

    name = "unit_rows"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        length = np.sqrt(np.sum(x * x, axis=-1, keepdims=True))
        safe = np.maximum(length, 1e-12)
        y = x / safe
        ctx.save(y, safe, (length > 1e-12).astype(x.dtype))
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        y, safe, moves = ctx.saved
        return (grad - moves * y * np.sum(grad * y, axis=-1, keepdims=True)) / safe


@wrong_operation(
    "formula", twin=UnitRows, cause=r"term|missing|constant|axis 1|proportional|diagonal|differs"
)
class UnitRowsLengthConstant(UnitRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, safe, _ = ctx.saved
        return grad / safe


@wrong_operation("shape", twin=UnitRows, cause=r"axis|row|sum|differs|batch|n = 1|single")
class UnitRowsWholeDot(UnitRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        y, safe, moves = ctx.saved
        return (grad - moves * y * np.sum(grad * y)) / safe  # over all rows: right for one
