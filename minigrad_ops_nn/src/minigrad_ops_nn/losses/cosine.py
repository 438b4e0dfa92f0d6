"""Cosine distance."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from ..kernels.precision import restore_half, to_single
from ..references import losses
from .reduction import Reduction, check_pair, reduce_losses, spread_gradient


class Cosine(Operation):
    """`1 - cos(x, target)` along `axis`: 0 for parallel, 1 for orthogonal, 2 for opposite vectors.

    x, target: the same shape -> a number, or that shape without `axis` for "none". A length below `eps` is
    replaced by eps: a zero vector has the loss 1 and a finite gradient.
    d/dx = (cos * u - v) / |x| * grad with the unit vectors u of x and v of target; d/dtarget likewise.

    Raises
    ------
    InputError
        The shapes differ, or have no axis.
    ArgumentError
        An unknown reduction.
    """

    name = "cosine"
    reference = staticmethod(losses.cosine)
    cases = (
        Case(x=real("n k"), target=real("n k")),
        Case(x=real("n k"), target=real("n k"), axis=0, reduction="none"),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        target: Array,
        *,
        axis: int = -1,
        eps: float = 1e-8,
        reduction: Reduction = "mean",
    ) -> Array:
        check_pair("cosine", x, target, reduction)
        if not x.ndim:
            raise InputError("cosine expected vectors along an axis, got shape ()")
        u, length, is_long = _normalize(to_single(x, target), axis, eps)  # eps is 0 in half precision
        v, target_length, target_is_long = _normalize(to_single(target, x), axis, eps)
        cos = (u * v).sum(axis=axis, keepdims=True)
        ctx.save(u, length, is_long, v, target_length, target_is_long, cos, axis, reduction)
        loss = reduce_losses(1 - cos.squeeze(axis=axis), reduction)
        return restore_half(loss, x, target)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        u, length, is_long, v, target_length, target_is_long, cos, axis, reduction = ctx.saved
        if reduction == "none":
            grad = np.expand_dims(grad, axis)
        each = spread_gradient(grad, reduction, cos.size)
        # A length below eps is the constant eps, and has no derivative.
        return each * (is_long * cos * u - v) / length, each * (target_is_long * cos * v - u) / target_length


def _normalize(x: Array, axis: int, eps: float) -> tuple[Array, Array, Array]:
    """Return x / length, where length = max(|x|, eps), the length, and whether |x| > eps."""
    squared = (x * x).sum(axis=axis, keepdims=True)
    is_long = squared > eps * eps
    # The square root is taken only where it has a derivative.
    length = np.sqrt(np.where(is_long, squared, eps * eps))
    return x / length, length, is_long


cosine = Cosine()
