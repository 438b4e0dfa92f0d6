"""Normalization of each channel over the batch."""

from __future__ import annotations

from math import prod
from typing import Any

from minigrad_core import Array, Context, Operation
from minigrad_core.array import Shape
from minigrad_core.cases import Case, real

from ..batch_share import BatchShare
from ..convolution.layout import move_images_first, move_images_last
from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import restore_half
from ..references import normalization
from .channels import check_channels
from .statistics import channel_gradients, normalize_channels


class BatchNorm(Operation):
    """`(x - mean) / sqrt(variance + eps) * weight + bias` for each channel, with the statistics of the batch.

    x: (n, c, ...), weight and bias: (c,) or None -> (y, mean (c,), variance (c,)), with the biased variance.
    The layer keeps running averages of the two statistics, through which no gradient flows.
    d/dx = inverse * (g - mean(g) - z * mean(g * z)), plus the gradients of the returned statistics, with
    inverse = 1 / sqrt(variance + eps), g = grad * weight and z the normalized x; d/dweight = grad * z,
    d/dbias = grad, summed over all axes but the channels. Ioffe and Szegedy 2015, algorithm 1. With a
    `share`, x is a part of a batch, and the statistics are those of the whole batch.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "batch_norm"
    reference = staticmethod(normalization.batch_norm)
    cases = (
        Case(x=real("n 4"), weight=None, bias=None, eps=0.1),
        Case(x=real("0 4 2"), weight=None, bias=None),
        Case(x=real("n 2 3 2"), weight=real("2"), bias=real("2")),
    )

    def forward(
        self,
        ctx: Context,
        x: Any,
        weight: Array | None = None,
        bias: Array | None = None,
        *,
        eps: float = 1e-5,
        share: BatchShare | None = None,
    ) -> tuple[Array, ...]:
        check_channels("batch_norm", x, weight, bias)
        innermost = are_ndarrays(x) and not x.flags.c_contiguous and move_images_last(x).flags.c_contiguous
        y, saved, mean, variance = normalize_channels(to_cells(x, innermost), weight, bias, eps, share)
        ctx.save(saved, innermost)
        results = from_cells(y, x.shape, innermost), mean, variance
        return tuple(restore_half(result, x, weight, bias) for result in results)

    def backward(
        self, ctx: Context, grad: Array, mean_grad: Array, variance_grad: Array
    ) -> tuple[Array | None, ...]:
        saved, innermost = ctx.saved
        gx, *others = channel_gradients(to_cells(grad, innermost), saved, ctx.needs, mean_grad, variance_grad)
        return None if gx is None else from_cells(gx, grad.shape, innermost), *others


def to_cells(x: Any, innermost: bool) -> Any:
    """Return x (n, c, ...) as (n, c, i), or, if images are innermost, as one sample (1, c, i n).

    The second form needs no copy in the memory order that convolutions leave.
    """
    if innermost:
        return move_images_last(x).reshape(1, x.shape[1], x.size // x.shape[1])
    return x.reshape(*x.shape[:2], prod(x.shape[2:]))


def from_cells(cells: Any, shape: Shape, innermost: bool) -> Any:
    """Return cells in the `shape` of x, the inverse of `to_cells`."""
    return move_images_first(cells.reshape(*shape[1:], shape[0])) if innermost else cells.reshape(shape)


batch_norm = BatchNorm()
