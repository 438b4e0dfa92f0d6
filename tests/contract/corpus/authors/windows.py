"""Pools and windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class MaxPool1d(Operation):
    """Maxima over windows of size k at stride s of the last axis; x: (n, c, l).

    d/dx = grad at the first maximum of each window.
    """

    name = "my_max_pool1d"
    cases = (
        Case(x=real("n c 6"), k=2),
        Case(x=real("n c 7"), k=3, stride=2),
        Case(x=real("n c 5"), k=3, stride=1),
    )

    def forward(self, ctx: Context, x: Any, *, k: int = 2, stride: int | None = None) -> Any:
        stride = k if stride is None else stride
        if k < 1 or stride < 1 or x.shape[2] < k:
            raise ValueError("max_pool1d: the window does not fit")
        out = (x.shape[2] - k) // stride + 1
        at = np.arange(out)[:, None] * stride + np.arange(k)
        win = x[:, :, at]
        best = np.argmax(win, axis=-1)
        where = np.asarray(best) + np.arange(out) * stride
        ctx.save(where[..., None] == np.arange(x.shape[2]))
        return np.take_along_axis(x, where, axis=2)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.einsum("nctl,nct->ncl", ctx.saved[0].astype(grad.dtype), grad)


@wrong_operation("index", twin=MaxPool1d, cause=r"k=2|stride")
class MaxPool1dStride(MaxPool1d):
    # stride ignored: windows disjoint in backward
    def forward(self, ctx: Context, x: Any, *, k: int = 2, stride: int | None = None) -> Any:
        y = super().forward(ctx, x, k=k, stride=stride)
        stride = k if stride is None else stride
        out = (x.shape[2] - k) // stride + 1
        at = np.arange(out)[:, None] * stride + np.arange(k)
        where = np.minimum(np.argmax(x[:, :, at], axis=-1) + np.arange(out) * k, x.shape[2] - 1)
        ctx.save(where[..., None] == np.arange(x.shape[2]))
        return y


@wrong_operation("index", twin=MaxPool1d, cause=r"contributions to one value")
class MaxPool1dOverlap(MaxPool1d):
    # overlapping windows: gradient not accumulated
    def backward(self, ctx: Context, grad: Any) -> Any:
        hot = ctx.saved[0]
        first = hot & (np.cumsum(hot, axis=2) == 1)
        return np.einsum("nctl,nct->ncl", first.astype(grad.dtype), grad)


@wrong_operation("ties", twin=MaxPool1d, cause=r"tied|tie")
class MaxPool1dTies(MaxPool1d):
    # all maxima of a window get the full grad
    def forward(self, ctx: Context, x: Any, *, k: int = 2, stride: int | None = None) -> Any:
        y = super().forward(ctx, x, k=k, stride=stride)
        stride = k if stride is None else stride
        out = y.shape[2]
        start = np.arange(out)[:, None] * stride
        inside = (np.arange(x.shape[2]) >= start) & (np.arange(x.shape[2]) < start + k)
        ctx.save((x[:, :, None, :] == y[..., None]) & inside)
        return y


class AvgPool1d(Operation):
    """Means of windows of size k, the last one partial and averaged over what is there; x: (n, c, l).

    d/dx = grad over the count.
    """

    name = "my_avg_pool1d"
    cases = (Case(x=real("n c 6"), k=2), Case(x=real("n c 7"), k=3), Case(x=real("n c 5"), k=2))

    def weights(self, n: Any, k: Any, dtype: Any) -> Any:
        out = -(-n // k)
        w = (np.arange(n) // k == np.arange(out)[:, None]).astype(dtype)
        return w / w.sum(axis=1, keepdims=True)

    def forward(self, ctx: Context, x: Any, *, k: int = 2) -> Any:
        if k < 1 or x.shape[2] == 0:
            raise ValueError("avg_pool1d: k at least 1, and something to pool")
        w = self.weights(x.shape[2], k, x.dtype)
        ctx.save(w, k)
        return x @ w.T

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad @ ctx.saved[0]


@wrong_operation("coverage", twin=AvgPool1d, cause=r"only at 6 along axis 2")
class AvgPool1dPartial(AvgPool1d):
    # partial window divided by k: only visible where l is no multiple
    def backward(self, ctx: Context, grad: Any) -> Any:
        w, k = ctx.saved
        return grad @ (np.sign(w) / k)


@wrong_operation("formula", twin=AvgPool1d, cause=r"factor of 2")
class AvgPool1dSum(AvgPool1d):
    # not divided at all
    def backward(self, ctx: Context, grad: Any) -> Any:
        w, _k = ctx.saved
        return grad @ np.sign(w)


class Windows(Operation):
    """Sliding windows of size k of the last axis; x: (n, l) -> (n, l - k + 1, k).

    d/dx = grad added up over the windows.
    """

    name = "windows"
    returns_view = True
    cases = (Case(x=real("n 6"), k=3), Case(x=real("n 5"), k=2))

    def forward(self, ctx: Context, x: Any, *, k: int = 2) -> Any:
        if not 1 <= k <= x.shape[-1]:
            raise ValueError("windows: k is not inside the last axis")
        ctx.save(x.shape[-1], k)
        return x[..., np.arange(x.shape[-1] - k + 1)[:, None] + np.arange(k)]

    def backward(self, ctx: Context, grad: Any) -> Any:
        length, k = ctx.saved
        at = np.arange(length - k + 1)[:, None] + np.arange(k)
        return np.einsum("ntk,tkl->nl", grad, (at[..., None] == np.arange(length)).astype(grad.dtype))


@wrong_operation("index", twin=Windows, cause=r"averaged")
class WindowsMean(Windows):
    # averaged over overlaps
    def backward(self, ctx: Context, grad: Any) -> Any:
        length, k = ctx.saved
        at = np.arange(length - k + 1)[:, None] + np.arange(k)
        hot = (at[..., None] == np.arange(length)).astype(grad.dtype)
        return np.einsum("ntk,tkl->nl", grad, hot) / np.sum(hot, axis=(0, 1))


@wrong_operation("index", twin=Windows, cause=r"contributions to one value")
class WindowsLast(Windows):
    # overlaps: the last window wins
    once_differentiable = "writes"

    def backward(self, ctx: Context, grad: Any) -> Any:
        length, k = ctx.saved
        out = np.zeros((grad.shape[0], length), grad.dtype)
        for t in range(grad.shape[1]):
            out[:, t : t + k] = grad[:, t]
        return out
