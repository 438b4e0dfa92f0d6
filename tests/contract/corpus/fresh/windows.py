"""Windows, slices and other arrangements."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation


class Conv1d(Operation):
    name = "conv1d"
    cases = (
        Case(x=real("n c 7"), w=real("o c 3")),
        Case(x=real("n c 7"), w=real("o c 2"), stride=2, padding=1),
        Case(x=real("n c 8"), w=real("o c 3"), b=real("o"), stride=3),
    )
    once_differentiable = "writes a padded buffer"

    def forward(self, ctx: Any, x: Any, w: Any, b: Any = None, *, stride: Any = 1, padding: Any = 0) -> Any:
        xp = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
        win = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2], axis=2)[:, :, ::stride]
        out = np.einsum("nclk,ock->nol", win, w)
        if b is not None:
            out = out + b[:, None]
        ctx.save(win, w, xp.shape, stride, padding, b is not None)
        return out

    def backward(self, ctx: Any, grad: Any) -> Any:
        win, w, shape, stride, padding, has_b = ctx.saved
        gw = np.einsum("nol,nclk->ock", grad, win)
        gxp = np.zeros(shape, grad.dtype)
        length = grad.shape[2]
        for k in range(w.shape[2]):
            gxp[:, :, k : k + stride * length : stride][:, :, :length] += np.einsum(
                "nol,oc->ncl", grad, w[:, :, k]
            )
        gx = gxp[:, :, padding : shape[2] - padding]
        gb = grad.sum(axis=(0, 2)) if has_b else None
        return gx, gw, gb


@wrong_operation("formula", twin=Conv1d, cause=r"stride|places")
class Conv1dStrideBwd(Conv1d):
    # stride 1 in backward
    def backward(self, ctx: Any, grad: Any) -> Any:
        win, w, shape, _stride, padding, has_b = ctx.saved
        gw = np.einsum("nol,nclk->ock", grad, win)
        gxp = np.zeros(shape, grad.dtype)
        length = grad.shape[2]
        for k in range(w.shape[2]):
            gxp[:, :, k : k + length] += np.einsum("nol,oc->ncl", grad, w[:, :, k])
        gx = gxp[:, :, padding : shape[2] - padding]
        gb = grad.sum(axis=(0, 2)) if has_b else None
        return gx, gw, gb


@wrong_operation("shape", twin=Conv1d, cause=r"mean")
class Conv1dBiasMean(Conv1d):
    # a mean over the batch for the bias
    def backward(self, ctx: Any, grad: Any) -> Any:
        win, w, shape, stride, padding, has_b = ctx.saved
        gw = np.einsum("nol,nclk->ock", grad, win)
        gxp = np.zeros(shape, grad.dtype)
        length = grad.shape[2]
        for k in range(w.shape[2]):
            gxp[:, :, k : k + stride * length : stride][:, :, :length] += np.einsum(
                "nol,oc->ncl", grad, w[:, :, k]
            )
        gx = gxp[:, :, padding : shape[2] - padding]
        gb = grad.sum(axis=2).mean(axis=0) if has_b else None
        return gx, gw, gb


class Windows(Operation):
    """Overlapping windows along the last axis: a view of x."""

    name = "windows"
    returns_view = True
    once_differentiable = "adds into a buffer"
    cases = (Case(x=real("n 6"), size=3), Case(x=real("n 5"), size=2))

    def forward(self, ctx: Any, x: Any, *, size: Any = 2) -> Any:
        ctx.save(x.shape, size)
        return np.lib.stride_tricks.sliding_window_view(x, size, axis=-1)

    def backward(self, ctx: Any, grad: Any) -> Any:
        shape, size = ctx.saved
        out = np.zeros(shape, grad.dtype)
        for k in range(size):
            out[:, k : k + grad.shape[1]] += grad[:, :, k]
        return out


@wrong_operation("index", twin=Windows, cause=r"contributions|overwritten")
class WindowsOverwrite(Windows):
    # windows that overlap are overwritten
    def backward(self, ctx: Any, grad: Any) -> Any:
        shape, size = ctx.saved
        out = np.zeros(shape, grad.dtype)
        for k in range(size):
            out[:, k : k + grad.shape[1]] = grad[:, :, k]
        return out


class Narrow(Operation):
    name = "narrow"
    returns_view = True
    cases = (Case(x=real("n 5"), start=1, length=3),)

    def forward(self, ctx: Any, x: Any, *, start: Any = 0, length: Any = 1) -> Any:
        ctx.save(x.shape[1], start, length)
        return x[:, start : start + length]

    def backward(self, ctx: Any, grad: Any) -> Any:
        n, start, length = ctx.saved
        return np.pad(grad, ((0, 0), (start, n - start - length)))


@wrong_operation("formula", twin=Narrow, cause=r"zero there|axis 1")
class NarrowPadEdge(Narrow):
    # the edge is repeated
    def backward(self, ctx: Any, grad: Any) -> Any:
        n, start, length = ctx.saved
        return np.pad(grad, ((0, 0), (start, n - start - length)), mode="edge")


@wrong_operation("memory", twin=Narrow, cause=r"in place")
class NarrowClears(Narrow):
    # what is not returned is set to 0
    def forward(self, ctx: Any, x: Any, *, start: Any = 0, length: Any = 1) -> Any:
        ctx.save(x.shape[1], start, length)
        x[:, :start] = 0
        return x[:, start : start + length]


class DiagEmbed(Operation):
    name = "diag_embed"
    cases = (Case(x=real("b n")), Case(x=real("b n"), offset=1))
    once_differentiable = "reads a diagonal"

    def forward(self, ctx: Any, x: Any, *, offset: Any = 0) -> Any:
        b, n = x.shape
        m = n + abs(offset)
        out = np.zeros((b, m, m), x.dtype)
        i = np.arange(n)
        out[:, i + max(-offset, 0), i + max(offset, 0)] = x
        ctx.save(offset)
        return out

    def backward(self, ctx: Any, grad: Any) -> Any:
        (offset,) = ctx.saved
        return np.diagonal(grad, offset, 1, 2).copy()


@wrong_operation("shape", twin=DiagEmbed, cause=r"offset|shifted")
class DiagOffset(DiagEmbed):
    # the main diagonal for that of offset
    def backward(self, ctx: Any, grad: Any) -> Any:
        (offset,) = ctx.saved
        return np.diagonal(grad, 0, 1, 2)[:, : grad.shape[1] - abs(offset)].copy()
