"""Convolutions, pooling, padding, upsampling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Correlate(Operation):
    """y_t = sum_j w_j x_{t+j}, "valid"; x: (n,), w: (k,), k <= n -> (n - k + 1,).

    d/dx is a full convolution of grad with w; d/dw correlates x with grad.
    """

    name = "correlate"
    cases = (Case(x=real("7"), w=real("3")), Case(x=real("5"), w=real("5")), Case(x=real("4"), w=real("1")))

    def forward(self, ctx: Context, x: Any, w: Any) -> Any:
        n, k = x.shape[0], w.shape[0]
        if k > n or not k:
            raise ValueError(f"correlate: a kernel of {k} for {n} values")
        ctx.save(x, w)
        at = np.arange(n - k + 1)[:, None] + np.arange(k)
        return x[at] @ w

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w = ctx.saved
        k, m = w.shape[0], grad.shape[0]
        shift = np.arange(x.shape[0])[:, None] - np.arange(k)  # which output sees x_t through w_j
        inside = (shift >= 0) & (shift < m)
        seen = np.where(inside, grad[np.where(inside, shift, 0)], 0.0)
        return seen @ w, x[np.arange(k)[:, None] + np.arange(m)] @ grad


@wrong_operation("shape", twin=Correlate, cause=r"revers|flip|place|permut|order|edge")
class CorrelateFlipped(Correlate):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _x, _w = ctx.saved
        dx, dw = super().backward(ctx, grad)
        return dx, dw[::-1] * 1  # the kernel of a convolution


@wrong_operation("formula", twin=Correlate, cause=r"revers|flip|kernel|differs|term|edge|input 0")
class CorrelateKernelTurned(Correlate):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w = ctx.saved
        ctx.save(x, w[::-1])
        dx, dw = super().backward(ctx, grad)
        ctx.save(x, w)
        return dx, dw  # d/dx with the kernel turned round


class AveragePool(Operation):
    """Means of `size` values in a row; x: (n, c, size l) -> (n, c, l). d/dx = grad / size, repeated."""

    name = "average_pool"
    cases = (Case(x=real("n c 6"), size=2), Case(x=real("n c 6"), size=3))

    def forward(self, ctx: Context, x: Any, *, size: int = 2) -> Any:
        if size < 1 or x.shape[-1] % size:
            raise ValueError(f"average_pool: {x.shape[-1]} values in windows of {size}")
        ctx.save(size)
        return x.reshape(x.shape[0], x.shape[1], x.shape[2] // size, size).mean(axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (size,) = ctx.saved
        return np.repeat(grad / size, size, axis=-1)


@wrong_operation("formula", twin=AveragePool, cause=r"factor|twice|times|mean|sum")
class AveragePoolUndivided(AveragePool):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (size,) = ctx.saved
        return np.repeat(grad, size, axis=-1)


@wrong_operation("shape", twin=AveragePool, cause=r"place|order|tile|repeat|interleav|permut|wrong only")
class AveragePoolTiled(AveragePool):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (size,) = ctx.saved
        return np.tile(grad / size, (1, 1, size))  # a tile for a repeat


@wrong_operation("coverage", twin=AveragePool, cause=r"size|setting|factor|times")
class AveragePoolHalves(AveragePool):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (size,) = ctx.saved
        return np.repeat(grad * 0.5, size, axis=-1)  # right for windows of two


class MaxPool(Operation):
    """The largest of `size` values in a row; x: (n, size l) -> (n, l). d/dx = grad at the first maximum."""

    name = "max_pool"
    cases = (Case(x=real("n 6"), size=2), Case(x=real("n 6"), size=3))
    once_differentiable = "put_along_axis writes into a buffer"

    def forward(self, ctx: Context, x: Any, *, size: int = 2) -> Any:
        if size < 1 or x.shape[-1] % size:
            raise ValueError(f"max_pool: {x.shape[-1]} values in windows of {size}")
        blocks = x.reshape(x.shape[0], x.shape[1] // size, size)
        if not blocks.size:
            ctx.save(None, x.shape, size)
            return np.zeros(blocks.shape[:2], x.dtype)
        best = blocks.argmax(axis=-1)
        ctx.save(best, x.shape, size)
        return np.take_along_axis(blocks, best[..., None], axis=-1)[..., 0]

    def backward(self, ctx: Context, grad: Any) -> Any:
        best, shape, size = ctx.saved
        dx = np.zeros((*grad.shape, size), grad.dtype)
        if best is not None:
            np.put_along_axis(dx, best[..., None], grad[..., None], axis=-1)
        return dx.reshape(shape)


@wrong_operation("ties", twin=MaxPool, cause=r"tie|together|equal|kink|both")
class MaxPoolEveryMaximum(MaxPool):
    def forward(self, ctx: Context, x: Any, *, size: int = 2) -> Any:
        y = super().forward(ctx, x, size=size)
        ctx.save(x, y, size)
        return y.copy()

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, size = ctx.saved
        return np.repeat(grad, size, axis=-1) * (x == np.repeat(y, size, axis=-1))  # all that are equal


@wrong_operation("coverage", twin=MaxPool, cause=r"size|setting|shape|place|wrong")
class MaxPoolStrideTwo(MaxPool):
    def backward(self, ctx: Context, grad: Any) -> Any:
        best, shape, _ = ctx.saved
        dx = np.zeros(shape, grad.dtype)
        if best is not None:
            at = best + 2 * np.arange(best.shape[1])  # blocks start every two values
            np.put_along_axis(dx, at, grad, axis=-1)
        return dx


class PadReflect(Operation):
    """One value reflected at both ends; x: (n, k), k > 1 -> (n, k + 2). d/dx adds what was
    reflected back on.
    """

    name = "pad_reflect"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        if x.ndim != 2 or x.shape[1] < 2:
            raise ValueError(f"pad_reflect: expected (n, k) with k > 1, got {x.shape}")
        return np.concatenate([x[:, 1:2], x, x[:, -2:-1]], axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        k = grad.shape[1] - 2
        at = np.arange(k)
        first = grad[:, :1] * (at == 1).astype(grad.dtype)
        last = grad[:, -1:] * (at == k - 2).astype(grad.dtype)
        return grad[:, 1:-1] + first + last


@wrong_operation("coverage", twin=PadReflect, cause=r"edge|axis 1|only at|lost|contribution|entries")
class PadReflectCropped(PadReflect):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad[:, 1:-1] * 1  # what was reflected is lost


@wrong_operation("coverage", twin=PadReflect, cause=r"edge|axis 1|only at|place|entries")
class PadReflectAtEdge(PadReflect):
    def backward(self, ctx: Context, grad: Any) -> Any:
        k = grad.shape[1] - 2
        at = np.arange(k)
        first = grad[:, :1] * (at == 0).astype(grad.dtype)  # the edge itself, as "symmetric" does
        last = grad[:, -1:] * (at == k - 1).astype(grad.dtype)
        return grad[:, 1:-1] + first + last


class Unfold(Operation):
    """All windows of `size` values, a step apart; x: (n,) -> (m, size). d/dx adds up where windows
    overlap.
    """

    name = "unfold"
    cases = (
        Case(x=real("7"), size=3, step=2),
        Case(x=real("6"), size=2, step=1),
        Case(x=real("8"), size=2, step=3),
    )
    once_differentiable = "np.add.at writes into a buffer"

    def forward(self, ctx: Context, x: Any, *, size: int = 3, step: int = 1) -> Any:
        if size < 1 or step < 1 or size > x.shape[0]:
            raise ValueError(f"unfold: windows of {size}, step {step}, of {x.shape[0]} values")
        count = (x.shape[0] - size) // step + 1
        at = step * np.arange(count)[:, None] + np.arange(size)
        ctx.save(at, x.shape[0])
        return x[at]

    def backward(self, ctx: Context, grad: Any) -> Any:
        at, n = ctx.saved
        dx = np.zeros(n, grad.dtype)
        np.add.at(dx, at.ravel(), grad.ravel())
        return dx


@wrong_operation("coverage", twin=Unfold, cause=r"overlap|overwrit|lost|axis 0|entries|contribution|only at")
class UnfoldOverwrites(Unfold):
    def backward(self, ctx: Context, grad: Any) -> Any:
        at, n = ctx.saved
        dx = np.zeros(n, grad.dtype)
        dx[at] += grad
        return dx


@wrong_operation("memory", twin=Unfold, cause=r"view|memory|share")
class UnfoldStrided(Unfold):
    def forward(self, ctx: Context, x: Any, *, size: int = 3, step: int = 1) -> Any:
        super().forward(ctx, x, size=size, step=step)
        return np.lib.stride_tricks.sliding_window_view(x, size)[::step]  # overlapping windows onto x
