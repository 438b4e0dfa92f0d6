"""The same values in another shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Flatten(Operation):
    """x as rows; x: (n, k, m) -> (n, k m). d/dx = grad reshaped."""

    name = "flatten_rows"
    returns_view = True
    cases = (Case(x=real("n k m")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x.shape)
        return np.reshape(x, (x.shape[0], x.shape[1] * x.shape[2]))

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.reshape(grad, ctx.saved[0]) + 0


@wrong_operation("shape", twin=Flatten, cause=r"interleaved")
class FlattenOrder(Flatten):
    # Fortran order in backward
    def backward(self, ctx: Context, grad: Any) -> Any:
        n, k, m = ctx.saved[0]
        return np.swapaxes(np.reshape(grad, (n, m, k)), 1, 2) + 0


@wrong_operation("layout", twin=Flatten, cause=r"layout")
class FlattenLayout(Flatten):
    # order K: memory layout
    returns_view = False

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x.shape)
        if isinstance(x, np.ndarray):
            return x.ravel("K").reshape(x.shape[0], x.shape[1] * x.shape[2]) + 0
        return np.reshape(x, (x.shape[0], x.shape[1] * x.shape[2])) + 0


class PixelShuffle(Operation):
    """(n, c r^2, h, w) -> (n, c, h r, w r). d/dx = grad moved back."""

    name = "my_pixel_shuffle"
    cases = (Case(x=real("n 4 h w"), r=2), Case(x=real("n 8 h w"), r=2))

    def forward(self, ctx: Context, x: Any, *, r: int = 2) -> Any:
        n, c, h, w = x.shape
        if r < 1 or c % (r * r):
            raise ValueError("pixel_shuffle: channels must be a multiple of r squared")
        ctx.save(x.shape, r)
        y = np.reshape(x, (n, c // (r * r), r, r, h, w))
        return np.reshape(np.transpose(y, (0, 1, 4, 2, 5, 3)), (n, c // (r * r), h * r, w * r)) + 0

    def backward(self, ctx: Context, grad: Any) -> Any:
        (n, c, h, w), r = ctx.saved
        y = np.reshape(grad, (n, c // (r * r), h, r, w, r))
        return np.reshape(np.transpose(y, (0, 1, 3, 5, 2, 4)), (n, c, h, w)) + 0


@wrong_operation("shape", twin=PixelShuffle, cause=r"permuted|places")
class PixelShuffleSwapped(PixelShuffle):
    # the two factors r swapped
    def backward(self, ctx: Context, grad: Any) -> Any:
        (n, c, h, w), r = ctx.saved
        y = np.reshape(grad, (n, c // (r * r), h, r, w, r))
        return np.reshape(np.transpose(y, (0, 1, 5, 3, 2, 4)), (n, c, h, w)) + 0


class Swap(Operation):
    """x with its two last axes swapped; x: (..., n, k). d/dx = grad swapped."""

    name = "swap_last"
    returns_view = True
    cases = (Case(x=real("n k")), Case(x=real("b n k")))

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.swapaxes(x, -1, -2)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.swapaxes(grad, -1, -2) + 0


@wrong_operation("shape", twin=Swap, cause=r"permuted|places|transpos")
class SwapT(Swap):
    # transposed fully: batch axis wrong where b = ...
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (
            np.swapaxes(grad, -1, -2) + 0
            if grad.ndim == 2
            else np.reshape(np.transpose(grad), (grad.shape[0], grad.shape[2], grad.shape[1])) + 0
        )


@wrong_operation("shape", twin=Swap, cause=r"reshaped")
class SwapReshape(Swap):
    # reshaped instead of swapped
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.reshape(grad, (*grad.shape[:-2], grad.shape[-1], grad.shape[-2])) + 0
