"""Binary cross-entropy of probabilities and of logits."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, between, positive, real
from minigrad_core.errors import InputError

from ..activations.elementwise import positive_part
from ..activations.sigmoid import even_part, logistic
from ..kernels.precision import to_floating
from ..references import losses
from .reduction import Reduction, check_pair, check_weight, reduce_losses, spread_gradient


class BinaryCrossEntropy(Operation):
    """`-(target * log(x) + (1 - target) * log(1 - x))`, times `weight`.

    x: probabilities in [0, 1]; target: the shape of x, in [0, 1]; weight: broadcasts to x, or None -> a
    number, or that shape for "none". Logarithms are clipped at -100, as in PyTorch: 0 and 1 have a finite
    loss. d/dx = weight * (x - target) / max(x (1 - x), 1e-12) * grad, divided by the number of values for
    "mean"; d/dtarget = weight * (log(1 - x) - log(x)) * grad. Prefer `binary_cross_entropy_with_logits`: a
    probability near 0 or 1 is rounded, and the loss is then inexact.

    Raises
    ------
    InputError
        The shapes differ, a weight does not broadcast to x, or a probability is outside [0, 1].
    ArgumentError
        An unknown reduction.
    """

    name = "binary_cross_entropy"
    reference = staticmethod(losses.binary_cross_entropy)
    cases = (
        Case(x=between(0, 1, "n k"), target=between(0, 1, "n k")),
        Case(x=between(0, 1, "n"), target=between(0, 1, "n"), weight=positive("n"), reduction="none"),
        Case(x=np.array([0.0, 1.0, 0.5]), target=np.array([1.0, 0.0, 1.0]), reduction="none"),
        Case(x=np.array([0, 1, 1], np.uint8), target=np.array([1, 0, 1], np.uint8)),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        target: Array,
        weight: Array | None = None,
        *,
        reduction: Reduction = "mean",
    ) -> Array:
        check_pair("binary_cross_entropy", x, target, reduction)
        check_weight("binary_cross_entropy", "weight", weight, x)
        if ((x < 0) | (x > 1)).any():
            raise InputError(
                "binary_cross_entropy expected probabilities in [0, 1]; for scores of any size, use "
                "binary_cross_entropy_with_logits"
            )
        x, target = to_floating(x, target, weight), to_floating(target, x, weight)
        log_x, log_complement = _log(x), _log_complement(x)
        losses = -(target * log_x + (1 - target) * log_complement)
        ctx.save(x, target, weight, log_x, log_complement, losses, reduction)
        return reduce_losses(losses if weight is None else losses * weight, reduction)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        x, target, weight, log_x, log_complement, losses, reduction = ctx.saved
        each = spread_gradient(grad, reduction, x.size)
        gw = unbroadcast(each * losses, weight.shape) if any(ctx.needs[2:]) else None
        if weight is not None:
            each = each * weight
        least = max(
            _LEAST_DIVISOR, float(np.finfo(x.dtype).smallest_subnormal)
        )  # 1e-12 is 0 in half precision
        slope = (x - target) / np.maximum(x * (1 - x), least)
        return (each * slope, each * (log_complement - log_x), gw)[: len(ctx.needs)]


def _log(x: Array) -> Array:
    """Return `max(log(x), -100)` without taking the logarithm of 0."""
    return np.maximum(np.where(x <= 0, _LEAST_LOGARITHM, np.log(np.where(x <= 0, 1, x))), _LEAST_LOGARITHM)


def _log_complement(x: Array) -> Array:
    """Return `max(log(1 - x), -100)`, precise for small x."""
    return np.maximum(np.where(x >= 1, _LEAST_LOGARITHM, np.log1p(-np.where(x >= 1, 0, x))), _LEAST_LOGARITHM)


class BinaryCrossEntropyWithLogits(Operation):
    """`max(x, 0) - x * target + log(1 + exp(-|x|))`, the binary cross-entropy of sigmoid(x).

    x: logits; target: the shape of x, in [0, 1]; weight: broadcasts to x, or None; pos_weight: broadcasts to
    x, or None, a factor of `target` in the loss of positive examples -> a number, or that shape for "none".
    d/dx = weight * (sigmoid(x) - target) * grad, divided by the number of values for "mean"; with pos_weight
    q, weight * (q target (sigmoid(x) - 1) + (1 - target) sigmoid(x)) * grad.

    Raises
    ------
    InputError
        The shapes differ, or a weight does not broadcast to x.
    ArgumentError
        An unknown reduction.
    """

    name = "binary_cross_entropy_with_logits"
    reference = staticmethod(losses.binary_cross_entropy_with_logits)
    cases = (
        Case(x=real("n k"), target=between(0, 1, "n k")),
        Case(
            x=real("n k"),
            target=between(0, 1, "n k"),
            weight=positive("n k"),
            pos_weight=positive("k"),
            reduction="none",
        ),
        Case(x=np.array([3, 0, 2], np.uint8), target=between(0, 1, "3")),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        target: Array,
        weight: Array | None = None,
        pos_weight: Array | None = None,
        *,
        reduction: Reduction = "mean",
    ) -> Array:
        check_pair("binary_cross_entropy_with_logits", x, target, reduction)
        check_weight("binary_cross_entropy_with_logits", "weight", weight, x)
        check_weight("binary_cross_entropy_with_logits", "pos_weight", pos_weight, x)
        x, target, pos_weight = (
            to_floating(a, x, target, weight, pos_weight) for a in (x, target, pos_weight)
        )
        # The loss of target 1 is -log(sigmoid(x)) = softplus(-x), that of target 0 softplus(x).
        even = even_part(x)
        loss_of_1, loss_of_0 = positive_part(-x) + even, positive_part(x) + even
        positive = target if pos_weight is None else target * pos_weight
        losses = positive * loss_of_1 + (1 - target) * loss_of_0
        ctx.save(x, target, weight, pos_weight, loss_of_1, losses, reduction)
        return reduce_losses(losses if weight is None else losses * weight, reduction)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        x, target, weight, pos_weight, loss_of_1, losses, reduction = ctx.saved
        each = spread_gradient(grad, reduction, x.size)
        needs = (*ctx.needs, False, False)
        gw = unbroadcast(each * losses, weight.shape) if needs[2] else None
        if weight is not None:
            each = each * weight
        gp = unbroadcast(each * (target * loss_of_1), pos_weight.shape) if needs[3] else None
        positive = target if pos_weight is None else target * pos_weight
        gx = each * ((1 - target) * logistic(x) - positive * logistic(-x)) if needs[0] else None
        # The difference loss_of_1 - loss_of_0 is -x; a subtraction would cancel digits.
        gt = each * (-x if pos_weight is None else (pos_weight - 1) * loss_of_1 - x)
        return (gx, gt, gw, gp)[: len(ctx.needs)]


# As in PyTorch: the least logarithm in a loss, and the least divisor in a derivative.
_LEAST_LOGARITHM = -100.0
_LEAST_DIVISOR = 1e-12

binary_cross_entropy = BinaryCrossEntropy()
binary_cross_entropy_with_logits = BinaryCrossEntropyWithLogits()
