"""Kullback-Leibler divergence."""

from __future__ import annotations

from typing import Literal

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, positive, real

from ..kernels.precision import restore_half, to_floating, to_single
from ..references import losses
from .reduction import check_pair


class KLDivergence(Operation):
    """`target * (log(target) - x)`, the divergence of `target` from the log-probabilities `x`.

    x: log-probabilities; target: probabilities of its shape, or log-probabilities with `log_target` -> a
    number, or that shape for "none". "mean" divides by the number of values, "batchmean" by the length of
    the first axis, as in the mathematical definition. A target of 0 adds 0, for any x. d/dx = -target * grad;
    d/dtarget = (log(target) + 1 - x) * grad, and with `log_target` exp(target) * (target + 1 - x) * grad.
    Kullback and Leibler 1951.

    Raises
    ------
    InputError
        The shapes differ.
    ArgumentError
        An unknown reduction.
    """

    name = "kl_div"
    reference = staticmethod(losses.kl_div)
    cases = (
        Case(x=real("n k"), target=positive("n k")),
        Case(x=real("n k"), target=real("n k"), reduction="batchmean", log_target=True),
        Case(x=real(""), target=positive(""), reduction="batchmean"),
        Case(x=np.array([0, 1], np.uint8), target=np.array([0, 2], np.uint8)),
        Case(x=np.array([-np.inf, -1.0, -2.0]), target=np.array([0.0, 0.0, 0.5]), reduction="none"),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        target: Array,
        *,
        reduction: Literal["mean", "sum", "none", "batchmean"] = "mean",
        log_target: bool = False,
    ) -> Array:
        check_pair("kl_div", x, target, "mean" if reduction == "batchmean" else reduction)
        x, target = to_floating(x, target), to_floating(target, x)
        probability = np.exp(target) if log_target else target
        with np.errstate(divide="ignore", invalid="ignore"):
            difference = (target if log_target else np.log(target)) - x
        # If the target is 0, the loss is 0, even if the logarithm is infinite.
        if not np.isfinite(difference).all():
            difference = np.where((probability == 0) & ~np.isfinite(difference), 0, difference)
        losses = probability * difference
        count = {"mean": losses.size, "batchmean": len(losses) if losses.ndim else 1}.get(reduction, 1)
        ctx.save(probability, difference, max(count, 1), log_target)
        if reduction == "none":
            return losses
        return restore_half(to_single(losses).sum() / max(count, 1), losses)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        probability, difference, count, log_target = ctx.saved
        each = to_single(grad) / count
        gt = each * (difference + 1)
        return -(each * probability), gt * probability if log_target else gt


kl_div = KLDivergence()
