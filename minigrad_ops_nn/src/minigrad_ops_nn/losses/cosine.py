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
    """`1 - cos(x, target)` along `axis`: 0 for vectors of one direction, 1 at right angles, 2 for opposite
    ones.

    x, target: of one shape -> a number, or that shape without `axis` for "none". Lengths below `eps` count as
    eps: a zero vector has the loss 1, and no gradient that is not finite.
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
        u, length, long = _normalize(to_single(x, target), axis, eps)  # in half precision, eps is 0
        v, target_length, target_long = _normalize(to_single(target, x), axis, eps)
        cos = (u * v).sum(axis=axis, keepdims=True)
        ctx.save(u, length, long, v, target_length, target_long, cos, axis, reduction)
        loss = reduce_losses(1 - cos.squeeze(axis=axis), reduction)
        return restore_half(loss, x, target)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        u, length, long, v, target_length, target_long, cos, axis, reduction = ctx.saved
        if reduction == "none":
            grad = np.expand_dims(grad, axis)
        each = spread_gradient(grad, reduction, cos.size)
        # A length below eps is the constant eps: only the direction counts there.
        return each * (long * cos * u - v) / length, each * (target_long * cos * v - u) / target_length


def _normalize(x: Array, axis: int, eps: float) -> tuple[Array, Array, Array]:
    """Return x over its length, that length or eps, and whether it is the length."""
    squared = (x * x).sum(axis=axis, keepdims=True)
    long = squared > eps * eps
    # The root is taken where it has a derivative.
    length = np.sqrt(np.where(long, squared, eps * eps))
    return x / length, length, long


cosine = Cosine()
