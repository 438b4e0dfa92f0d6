"""Normalization of each channel over the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from .channels import check_channels
from .standardize import mean_of_product, plus, row_means, standardized

if TYPE_CHECKING:
    from minigrad_core import Array, Context
    from minigrad_core.array import Shape


class BatchNorm(Operation):
    """`(x - mean) / sqrt(variance + eps) * weight + bias` for each channel, with the batch's own statistics.

    x: (n, c, ...), weight and bias: (c,) or None -> (y, mean (c,), variance (c,)). The variance is the biased
    one. A layer keeps running averages of the two statistics; nothing flows back through those.
    d/dx = inverse * (g - mean(g) - z * mean(g * z)) with g = grad * weight and z the normalized x, plus what
    flows through the returned statistics; d/dweight = grad * z, d/dbias = grad, summed over all but the
    channels. Ioffe and Szegedy 2015, algorithm 1.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "batch_norm"
    cases = (
        Case(x=real("n 3"), weight=real("3"), bias=real("3")),
        Case(x=real("n 2 2 3"), weight=None, bias=None, eps=0.1),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        weight: Array | None = None,
        bias: Array | None = None,
        *,
        eps: float = 1e-5,
    ) -> tuple[Array, ...]:
        """Return the normalized x, and the mean and variance of each channel."""
        check_channels("batch_norm", x, weight, bias)
        rows = to_channel_rows(x)
        normal, inverse, mean, variance = standardized(rows, eps)
        ctx.save(normal, inverse, weight)
        y = normal.copy() if weight is None else normal * weight.reshape(-1, 1)
        if bias is not None:
            y = plus(y, bias.reshape(-1, 1))
        return from_channel_rows(y, x.shape), mean.reshape(-1), variance.reshape(-1)

    def backward(
        self, ctx: Context, grad: Array, mean_grad: Array, variance_grad: Array
    ) -> tuple[Array | None, ...]:
        """Return the gradients of x, weight and bias."""
        normal, inverse, weight = ctx.saved
        rows = to_channel_rows(grad)
        mean, along = row_means(rows), mean_of_product(rows, normal)
        d = max(rows.shape[1], 1)
        gx = None
        if ctx.needs[0]:
            # inverse * (g - mean(g) - z * mean(g * z)) with g = rows * weight, d mean / dx = 1 / d and
            # d variance / dx = 2 (x - mean) / d, gathered by what each array is multiplied by.
            scale = inverse if weight is None else inverse * weight.reshape(-1, 1)
            gx = normal * ((2 / d) * variance_grad.reshape(-1, 1) / inverse - scale * along)
            gx += rows * scale
            gx += mean_grad.reshape(-1, 1) / d - scale * mean
            gx = from_channel_rows(gx, grad.shape)
        gw = along.reshape(-1) * d if any(ctx.needs[1:2]) else None
        gb = mean.reshape(-1) * d if any(ctx.needs[2:]) else None
        return (gx, gw, gb)[: len(ctx.needs)]


def to_channel_rows(x: Array) -> Array:
    """Return (c, ... * n): free in the memory order that convolutions leave."""
    moved = x.transpose(*range(1, x.ndim), 0)
    return moved.reshape(x.shape[1], x.size // max(x.shape[1], 1))


def from_channel_rows(rows: Array, shape: Shape) -> Array:
    """Return rows in the `shape` that `to_channel_rows` was given."""
    return rows.reshape(*shape[1:], shape[0]).transpose(-1, *range(len(shape) - 1))


batch_norm = BatchNorm()
