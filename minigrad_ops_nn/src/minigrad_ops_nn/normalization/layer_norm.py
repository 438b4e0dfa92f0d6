"""Normalization of each sample over its last axes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.array import Shape
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from ..kernels.precision import restore_half, to_floating, to_single
from ..references import normalization
from .rows import normalize_rows, row_gradients
from .sums import column_sums, mean_of_product


class LayerNorm(Operation):
    """`(x - mean) / sqrt(variance + eps) * weight + bias` over the last axes. Ba et al. 2016.

    x: (..., *normalized_shape), weight and bias: normalized_shape or None. The variance is the biased one.
    d/dx = inverse * (g - mean(g) - z * mean(g * z)) with inverse = 1 / sqrt(variance + eps), g = grad *
    weight and z the normalized x; d/dweight = grad * z, d/dbias = grad, both summed over the leading axes.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "layer_norm"
    reference = staticmethod(normalization.layer_norm)
    cases = (
        Case(x=real("n 4"), weight=real("4"), bias=real("4"), normalized_shape=4),
        Case(x=real("n m k 2 3"), weight=None, bias=None, normalized_shape=(2, 3)),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        weight: Array | None = None,
        bias: Array | None = None,
        *,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
    ) -> Array:
        shape = check_normalized_shape("layer_norm", x, normalized_shape, weight, bias)
        scale = None if weight is None else weight.reshape(-1)
        shift = None if bias is None else bias.reshape(-1)
        y, saved = normalize_rows(to_single(to_rows(x, shape), weight, bias), scale, shift, 1, eps)
        ctx.save(saved, shape)
        return restore_half(y.reshape(x.shape), x, weight, bias)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        saved, shape = ctx.saved
        gx, gw, gb = row_gradients(to_rows(to_single(grad), shape), saved, ctx.needs)
        gx = None if gx is None else gx.reshape(grad.shape)
        return (gx, gw.reshape(shape), gb.reshape(shape))[: len(ctx.needs)]


class RMSNorm(Operation):
    """`x / sqrt(mean(x**2) + eps) * weight` over the last axes. Zhang and Sennrich 2019.

    x: (..., *normalized_shape), weight: normalized_shape or None. By default eps is the epsilon of
    the dtype, as in PyTorch. d/dx = inverse * (g - z * mean(g * z)) with inverse = 1 / sqrt(mean(x**2) +
    eps), g = grad * weight and z the normalized x; d/dweight = grad * z, summed over the leading axes.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "rms_norm"
    reference = staticmethod(normalization.rms_norm)
    cases = (
        Case(x=real("n 4"), weight=real("4"), normalized_shape=4),
        Case(x=real("n m 2 3"), weight=None, normalized_shape=(2, 3), eps=0.1),
        Case(x=np.array([[3, 200, 7]], np.uint8), normalized_shape=3),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        weight: Array | None = None,
        *,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
    ) -> Array:
        shape = check_normalized_shape("rms_norm", x, normalized_shape, weight)
        rows = to_single(to_rows(x, shape), weight)
        least = float(np.finfo(to_floating(x, weight).dtype).eps) if eps is None else eps
        inverse = 1 / np.sqrt(mean_of_product(rows, rows) + least)
        normal = rows * inverse
        ctx.save(normal, inverse, weight, shape)
        y = normal if weight is None else normal * weight.reshape(-1)
        return restore_half(y.reshape(x.shape), x, weight)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        normal, inverse, weight, shape = ctx.saved
        rows = to_rows(to_single(grad), shape)
        gx = None
        if ctx.needs[0]:
            inner = rows if weight is None else rows * weight.reshape(-1)
            gx = normal * -mean_of_product(inner, normal)
            gx += inner
            gx *= inverse
            gx = gx.reshape(grad.shape)
        gw = column_sums(rows, normal).reshape(shape) if any(ctx.needs[1:]) else None
        return (gx, gw)[: len(ctx.needs)]


def check_normalized_shape(op: str, x: Array, normalized_shape: Any, *scales: Array | None) -> Shape:
    """Return the normalized shape as a tuple; raise unless x ends in it and the scales have it."""
    whole = isinstance(normalized_shape, (int, np.integer))
    shape = (int(normalized_shape),) if whole else tuple(map(int, normalized_shape))
    fits = len(shape) > 0 and x.shape[-len(shape) :] == shape
    if not fits or any(scale is not None and scale.shape != shape for scale in scales):
        given = ", ".join(str(None if scale is None else scale.shape) for scale in scales)
        raise InputError(
            f"{op} expected x (..., *{shape}), and a weight (and bias) of shape {shape} = normalized_shape, "
            f"got x {x.shape}, {given}"
        )
    return shape


def to_rows(x: Array, shape: Shape) -> Array:
    """Return x as (r, d), with a row for each index of the leading axes."""
    d = prod(shape)
    return x.reshape(prod(x.shape[: x.ndim - len(shape)]), d)


layer_norm = LayerNorm()
rms_norm = RMSNorm()
