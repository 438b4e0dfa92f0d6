"""Convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Conv1d(Operation):
    """Correlation of x (n, c, l) with w (o, c, k), stride s, zero padding p -> (n, o, (l + 2p - k) // s + 1).

    d/dx, d/dw: its transposes.
    """

    name = "my_conv1d"
    cases = (
        Case(x=real("n c 7"), w=real("o c 3")),
        Case(x=real("n c 8"), w=real("o c 3"), stride=2, padding=1),
        Case(x=real("2 3 9"), w=real("2 3 2"), dilation=2, padding=1),
    )

    def index(self, length: Any, k: Any, stride: Any, dilation: Any) -> Any:
        out = (length - (k - 1) * dilation - 1) // stride + 1
        return np.arange(out)[:, None] * stride + np.arange(k) * dilation

    def forward(
        self, ctx: Context, x: Any, w: Any, *, stride: int = 1, padding: int = 0, dilation: int = 1
    ) -> Any:
        if stride < 1 or padding < 0 or dilation < 1:
            raise ValueError("conv1d: stride and dilation at least 1, padding at least 0")
        if (
            x.shape[1] != w.shape[1]
            or x.shape[2] + 2 * padding < (w.shape[2] - 1) * dilation + 1
            or w.shape[2] < 1
        ):
            raise ValueError("conv1d: shapes do not fit")
        xp = np.pad(x, [(0, 0), (0, 0), (padding, padding)])
        at = self.index(xp.shape[2], w.shape[2], stride, dilation)
        ctx.save(x, w, padding, at)
        return np.einsum("nctk,ock->not", xp[:, :, at], w)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, padding, at = ctx.saved
        xp = np.pad(x, [(0, 0), (0, 0), (padding, padding)])
        gw = np.einsum("nctk,not->ock", xp[:, :, at], grad)
        g = np.einsum("not,ock->nctk", grad, w)
        hot = (at[..., None] == np.arange(xp.shape[2])).astype(grad.dtype)
        gx = np.einsum("nctk,tkl->ncl", g, hot)
        return gx[:, :, padding : padding + x.shape[2]] + 0, gw


@wrong_operation("shape", twin=Conv1d, cause=r"w reversed")
class Conv1dReversed(Conv1d):
    # kernel reversed in x's gradient
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, padding, at = ctx.saved
        _, gw = super().backward(ctx, grad)
        ctx.save(x, w[:, :, ::-1], padding, at)
        gx, _ = super().backward(ctx, grad)
        ctx.save(x, w, padding, at)
        return gx, gw


@wrong_operation("shape", twin=Conv1d, cause=r"shifted.*padding")
class Conv1dPadding(Conv1d):
    # padding not cut off: wrong offset
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, padding, at = ctx.saved
        length = x.shape[2] + 2 * padding
        g = np.einsum("not,ock->nctk", grad, w)
        hot = (at[..., None] == np.arange(length)).astype(grad.dtype)
        gx = np.einsum("nctk,tkl->ncl", g, hot)
        return gx[:, :, : x.shape[2]] + 0, super().backward(ctx, grad)[1]


@wrong_operation("index", twin=Conv1d, cause=r"contributions to one value")
class Conv1dOverlap(Conv1d):
    # overlaps overwritten (col2im with =)
    once_differentiable = "writes"

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, padding, at = ctx.saved
        g = np.einsum("not,ock->nctk", grad, w)
        out = np.zeros((x.shape[0], x.shape[1], x.shape[2] + 2 * padding), grad.dtype)
        out[:, :, at] = g
        return out[:, :, padding : padding + x.shape[2]].copy(), super().backward(ctx, grad)[1]


@wrong_operation("coverage", twin=Conv1d, cause=r"dilation")
class Conv1dDilation(Conv1d):
    # dilation ignored in w's gradient
    def forward(
        self, ctx: Context, x: Any, w: Any, *, stride: int = 1, padding: int = 0, dilation: int = 1
    ) -> Any:
        y = super().forward(ctx, x, w, stride=stride, padding=padding, dilation=dilation)
        self_at = ctx.saved[3]
        ctx.save(x, w, padding, self_at, dilation)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, padding, at, dilation = ctx.saved
        ctx.save(x, w, padding, at)
        gx, _ = super().backward(ctx, grad)
        ctx.save(x, w, padding, at[:, :1] + np.arange(at.shape[1]))
        _, gw = super().backward(ctx, grad)
        ctx.save(x, w, padding, at, dilation)
        return gx, gw


class Convolve(Operation):
    """Full convolution; a: (n,), b: (m,) -> (n + m - 1,). d/da = grad correlated with b, d/db with a."""

    name = "my_convolve"
    cases = (Case(a=real("n"), b=real("m")),)

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        if not len(a) or not len(b):
            raise ValueError("convolve: empty")
        ctx.save(a, b)
        return (
            np.convolve(a, b) if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) else self.slow(a, b)
        )

    def slow(self, a: Any, b: Any) -> Any:
        n, m = len(a), len(b)
        hot = (np.arange(n)[:, None, None] + np.arange(m)[:, None] == np.arange(n + m - 1)).astype(a.dtype)
        return np.einsum("n,m,nmt->t", a, b, hot)

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        n, m = len(a), len(b)
        at = np.arange(n)[:, None] + np.arange(m)
        g = grad[at]
        return g @ b, a @ g


@wrong_operation("shape", twin=Convolve, cause=r"b reversed")
class ConvolveFlipped(Convolve):
    # convolved instead of correlated
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        n, m = len(a), len(b)
        g = grad[np.arange(n)[:, None] + np.arange(m)]
        return g @ np.flip(b, 0), a @ g


@wrong_operation("shape", twin=Convolve, cause=r"shifted by 1")
class ConvolveOffset(Convolve):
    # offset off by one
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        n, m = len(a), len(b)
        g = grad[np.minimum(np.arange(n)[:, None] + np.arange(m) + (m > 1), n + m - 2)]
        return g @ b, a @ g
