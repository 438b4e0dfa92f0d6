"""Reductions over one axis or all."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, boolean, nonzero, real

from ..entry import wrong_operation


class LogSumExpAxis(Operation):
    name = "logsumexp_axis"
    cases = (
        Case(x=real("n k"), axis=axis_of("x")),
        Case(x=real("n k m"), axis=axis_of("x"), keepdims=True),
        Case(x=real("n k")),
    )

    def forward(self, ctx: Any, x: Any, *, axis: Any = None, keepdims: Any = False) -> Any:
        top = x.max(axis=axis, keepdims=True)
        e = np.exp(x - top)
        s = e.sum(axis=axis, keepdims=True)
        ctx.save(e / s, axis, keepdims)
        out = np.log(s) + top
        if not keepdims:
            out = out.reshape(()) if axis is None else np.squeeze(out, axis=axis)
        return out

    def backward(self, ctx: Any, grad: Any) -> Any:
        p, axis, keepdims = ctx.saved
        if not keepdims and axis is not None:
            grad = np.expand_dims(grad, axis)
        return p * grad


@wrong_operation("shape", twin=LogSumExpAxis, cause=r"axis")
class LseAxisPositiveOnly(LogSumExpAxis):
    # abs(axis) for a negative axis
    def backward(self, ctx: Any, grad: Any) -> Any:
        p, axis, keepdims = ctx.saved
        if not keepdims and axis is not None:
            grad = np.expand_dims(grad, abs(axis) if axis < -1 else axis)
        return p * grad


@wrong_operation("stability", twin=LogSumExpAxis, cause=r"inf|overflow")
class LseGlobalMaxNoShift(LogSumExpAxis):
    # no maximum is taken out
    def forward(self, ctx: Any, x: Any, *, axis: Any = None, keepdims: Any = False) -> Any:
        top = 0 * x.max(axis=axis, keepdims=True)
        e = np.exp(x - top)
        s = e.sum(axis=axis, keepdims=True)
        ctx.save(e / s, axis, keepdims)
        out = np.log(s) + top
        if not keepdims:
            out = out.reshape(()) if axis is None else np.squeeze(out, axis=axis)
        return out


class VarDdof(Operation):
    name = "var_ddof"
    cases = (
        Case(x=real("n 4"), axis=-1, ddof=1),
        Case(x=real("3 n"), axis=0, ddof=0, keepdims=True),
        Case(x=real("3 4"), ddof=1),
    )

    def forward(self, ctx: Any, x: Any, *, axis: Any = None, ddof: Any = 0, keepdims: Any = False) -> Any:
        n = x.size if axis is None else x.shape[axis]
        c = x - x.mean(axis=axis, keepdims=True)
        ctx.save(c, n - ddof, axis, keepdims)
        return (c * c).sum(axis=axis, keepdims=keepdims) / (n - ddof)

    def backward(self, ctx: Any, grad: Any) -> Any:
        c, d, axis, keepdims = ctx.saved
        if axis is not None and not keepdims:
            grad = np.expand_dims(grad, axis)
        return grad * 2 * c / d


@wrong_operation("formula", twin=VarDdof, cause=r"ddof|3/4")
class VarN(VarDdof):
    # n for n - ddof
    def forward(self, ctx: Any, x: Any, *, axis: Any = None, ddof: Any = 0, keepdims: Any = False) -> Any:
        n = x.size if axis is None else x.shape[axis]
        c = x - x.mean(axis=axis, keepdims=True)
        ctx.save(c, n, axis, keepdims)
        return (c * c).sum(axis=axis, keepdims=keepdims) / (n - ddof)


class MaskedMean(Operation):
    name = "masked_mean"
    cases = (Case(x=real("n k"), mask=boolean("n k")),)

    def forward(self, ctx: Any, x: Any, mask: Any) -> Any:
        count = np.maximum(mask.sum(), 1)
        scale = (mask / count).astype(x.dtype)
        ctx.save(scale)
        return (x * scale).sum()

    def backward(self, ctx: Any, grad: Any) -> Any:
        (scale,) = ctx.saved
        return grad * scale, None


@wrong_operation("index", twin=MaskedMean, cause=r"mask")
class MaskedMeanNomask(MaskedMean):
    # the mask is ignored in backward
    def backward(self, ctx: Any, grad: Any) -> Any:
        (scale,) = ctx.saved
        return grad * np.full_like(scale, scale.max() if scale.size else 0), None


class PNorm(Operation):
    name = "p_norm"
    cases = (
        Case(x=nonzero("n k"), p=3, axis=axis_of("x")),
        Case(x=nonzero("n k"), p=1.5, axis=axis_of("x"), keepdims=True),
    )

    def forward(self, ctx: Any, x: Any, *, p: Any = 2, axis: Any = -1, keepdims: Any = False) -> Any:
        r = (np.abs(x) ** p).sum(axis=axis, keepdims=True) ** (1 / p)
        ctx.save(x, r, p, axis, keepdims)
        return r if keepdims else np.squeeze(r, axis=axis)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, r, p, axis, keepdims = ctx.saved
        g = grad if keepdims else np.expand_dims(grad, axis)
        return g * np.sign(x) * (np.abs(x) / r) ** (p - 1)


@wrong_operation("formula", twin=PNorm, cause=r"factor")
class PnormR(PNorm):
    # the norm is left out of the quotient
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, _r, p, axis, keepdims = ctx.saved
        g = grad if keepdims else np.expand_dims(grad, axis)
        return g * np.sign(x) * np.abs(x) ** (p - 1)


class SmoothMax(Operation):
    name = "smooth_max"
    cases = (Case(x=real("n k"), alpha=2.0), Case(x=real("n k"), alpha=-1.0))

    def forward(self, ctx: Any, x: Any, *, alpha: Any = 1.0) -> Any:
        z = alpha * x
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        w = e / e.sum(axis=-1, keepdims=True)
        y = (w * x).sum(axis=-1, keepdims=True)
        ctx.save(x, w, y, alpha)
        return y[..., 0]

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, w, y, alpha = ctx.saved
        return grad[..., None] * w * (1 + alpha * (x - y))


class Addcmul(Operation):
    """t + value * a * b; sums its own gradients over the broadcast axes."""

    name = "addcmul"
    cases = (
        Case(t=real("n k"), a=real("n 1"), b=real("k")),
        Case(t=real("n k"), a=real("n 1"), b=real("k"), value=-0.5),
    )

    def forward(self, ctx: Any, t: Any, a: Any, b: Any, *, value: Any = 1.0) -> Any:
        ctx.save(a, b, value)
        return t + value * a * b

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b, value = ctx.saved
        return 1 * grad, value * (grad * b).sum(axis=1, keepdims=True), value * (grad * a).sum(axis=0)


@wrong_operation("formula", twin=Addcmul, cause=r"value")
class AddcmulValueDropped(Addcmul):
    # the setting is left out for one input
    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b, value = ctx.saved
        return 1 * grad, value * (grad * b).sum(axis=1, keepdims=True), (grad * a).sum(axis=0)
