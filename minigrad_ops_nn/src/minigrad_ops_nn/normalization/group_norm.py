"""Normalization of each sample over groups of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minigrad_core import Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from .channels import channel_sums, check_channels, per_channel
from .standardize import plus, standardized, standardized_gradient

if TYPE_CHECKING:
    from minigrad_core import Array, Context


class GroupNorm(Operation):
    """`(x - mean) / sqrt(variance + eps) * weight + bias` over each group of channels. Wu and He 2018.

    x: (n, c, ...), weight and bias: (c,) or None; `num_groups` divides c. The variance is the biased one.
    d/dx = inverse * (g - mean(g) - z * mean(g * z)) with g = grad * weight and z the normalized x;
    d/dweight = grad * z, d/dbias = grad, both summed over all but the channels.

    Raises
    ------
    InputError
        The shapes do not fit, or the channels do not divide into the groups.
    """

    name = "group_norm"
    cases = (
        Case(x=real("n 4 3"), weight=real("4"), bias=real("4"), num_groups=2),
        Case(x=real("n 3 2 2"), weight=None, bias=None, num_groups=1),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        weight: Array | None = None,
        bias: Array | None = None,
        *,
        num_groups: int,
        eps: float = 1e-5,
    ) -> Array:
        """Return the normalized x."""
        check_channels("group_norm", x, weight, bias)
        if num_groups < 1 or x.shape[1] % num_groups:
            raise InputError(f"group_norm: {x.shape[1]} channels do not divide into num_groups={num_groups}")
        rows = x.reshape(x.shape[0] * num_groups, x.size // max(x.shape[0] * num_groups, 1))
        normal, inverse, _, _ = standardized(rows, eps)
        ctx.save(normal, inverse, weight)
        y = normal.reshape(x.shape)
        y = y.copy() if weight is None else y * per_channel(weight, x.ndim)
        return y if bias is None else plus(y, per_channel(bias, x.ndim))

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return the gradients of x, weight and bias."""
        normal, inverse, weight = ctx.saved
        gx = None
        if ctx.needs[0]:
            inner = grad if weight is None else grad * per_channel(weight, grad.ndim)
            gx = standardized_gradient(inner.reshape(normal.shape), normal, inverse).reshape(grad.shape)
        gw = channel_sums(grad, normal.reshape(grad.shape)) if any(ctx.needs[1:2]) else None
        gb = channel_sums(grad) if any(ctx.needs[2:]) else None
        return (gx, gw, gb)[: len(ctx.needs)]


group_norm = GroupNorm()
