"""Normalization of each sample over groups of channels."""

from __future__ import annotations

from math import prod

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from ..kernels.precision import restore_half, to_single
from ..references import normalization
from .channels import check_channels
from .rows import normalize_rows, row_gradients


class GroupNorm(Operation):
    """`(x - mean) / sqrt(variance + eps) * weight + bias` over each group of channels. Wu and He 2018.

    x: (n, c, ...), weight and bias: (c,) or None; `num_groups` divides c. The variance is the biased one.
    d/dx = inverse * (g - mean(g) - z * mean(g * z)) with
    inverse = 1 / sqrt(variance + eps), g = grad * weight and z the normalized x; d/dweight = grad * z,
    d/dbias = grad, both summed over all axes but the channels.

    Raises
    ------
    InputError
        The shapes do not fit, or the channels do not divide into the groups.
    """

    name = "group_norm"
    reference = staticmethod(normalization.group_norm)
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
        check_channels("group_norm", x, weight, bias)
        n, c = x.shape[:2]
        if num_groups < 1 or c % num_groups:
            raise InputError(f"group_norm: {c} channels do not divide into num_groups={num_groups}")
        num_groups = int(num_groups)
        cells = prod(x.shape[2:])
        scale, shift = (None if a is None else np.repeat(a, cells) for a in (weight, bias))
        y, saved = normalize_rows(
            to_single(x.reshape(n, c * cells), weight, bias), scale, shift, num_groups, eps
        )
        ctx.save(saved, (c, cells))
        return restore_half(y.reshape(x.shape), x, weight, bias)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        saved, channels = ctx.saved
        gx, gw, gb = row_gradients(to_single(grad).reshape(saved.centered.shape), saved, ctx.needs)
        gx = None if gx is None else gx.reshape(grad.shape)
        return (gx, *(g.reshape(channels).sum(axis=1) for g in (gw, gb)))[: len(ctx.needs)]


group_norm = GroupNorm()
