"""Right layers: convolutions, windows, attention."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, real


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


IN_PLACE = "the gradient is written into a buffer"


class Conv2d(Operation):
    """Correlation of images with 2 x 2 kernels. x: (n, c, 4, 5), kernel: (o, c, 2, 2) -> (n, o, 3, 4).

    d/dx: each window of x gets grad times the kernel; d/dkernel: grad times the windows, summed.
    """

    name = "conv2d"
    cases = (Case(x=real("n c 4 5"), kernel=real("o c 2 2")),)
    once_differentiable = IN_PLACE

    def forward(self, ctx: Context, x: Any, kernel: Any) -> Any:
        if x.ndim != 4 or kernel.ndim != 4 or x.shape[1] != kernel.shape[1]:
            raise ValueError(f"conv2d: shapes {x.shape} and {kernel.shape} do not fit")
        ctx.save(x, kernel)
        height, width = x.shape[2] - 1, x.shape[3] - 1
        out = np.zeros((x.shape[0], kernel.shape[0], height, width), x.dtype)
        for i in range(2):
            for j in range(2):
                out += np.einsum("nchw,oc->nohw", x[:, :, i : i + height, j : j + width], kernel[:, :, i, j])
        return out

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, kernel = ctx.saved
        height, width = grad.shape[2:]
        dx, dkernel = np.zeros_like(x), np.zeros_like(kernel)
        for i in range(2):
            for j in range(2):
                window = (slice(None), slice(None), slice(i, i + height), slice(j, j + width))
                dx[window] += np.einsum("nohw,oc->nchw", grad, kernel[:, :, i, j])
                dkernel[:, :, i, j] = np.einsum("nohw,nchw->oc", grad, x[window])
        return dx, dkernel


class BatchMatmul(Operation):
    """x @ weight for each x of a batch. x: (b, n, k), weight: (k, m) -> (b, n, m).

    d/dx = grad @ weight.T, d/dweight = x.T @ grad summed over the batch.
    """

    name = "batch_matmul"
    cases = (Case(x=real("b n k"), weight=real("k m")),)

    def forward(self, ctx: Context, x: Any, weight: Any) -> Any:
        if x.ndim != 3 or weight.ndim != 2 or x.shape[2] != weight.shape[0]:
            raise ValueError(f"batch_matmul: shapes {x.shape} and {weight.shape} do not fit")
        ctx.save(x, weight)
        return x @ weight

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, weight = ctx.saved
        return (
            grad @ weight.T if ctx.needs[0] else None,
            np.sum(np.swapaxes(x, 1, 2) @ grad, axis=0) if ctx.needs[1] else None,
        )


class Symmetric(Operation):
    """(x + x.T) / 2. x: (n, n) -> (n, n). d/dx = (grad + grad.T) / 2."""

    name = "symmetric"
    cases = (Case(x=real("n n")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        if x.ndim != 2 or x.shape[0] != x.shape[1]:
            raise ValueError(f"symmetric: expected a square matrix, got shape {x.shape}")
        return 0.5 * (x + x.T)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return 0.5 * (grad + grad.T)
