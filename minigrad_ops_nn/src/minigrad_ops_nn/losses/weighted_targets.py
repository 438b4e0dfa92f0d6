"""Class weights, label smoothing and ignored labels, which nll and cross_entropy share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array
from minigrad_core.errors import InputError

from ..kernels.precision import to_single
from .labels import make_target_rows


class WeightedTargets:
    """Rows u (n, c) of target probabilities and class weights w (c,).

    losses_i = -sum_c u_ic w_c lp_ic for log-probabilities lp; their weighted mean divides the sum by
    W = sum_i w[label_i] over the labels that count, as PyTorch does.
    """

    def __init__(
        self,
        labels: Array,
        valid: NDArray[np.bool_] | None,
        lp: Array,
        weight: Array | None,
        smoothing: float = 0.0,
    ) -> None:
        classes = lp.shape[1]
        if weight is not None and weight.shape != (classes,):
            raise InputError(f"weight must have shape ({classes},), one for each class, got {weight.shape}")
        self.rows = make_target_rows(labels, valid, classes, lp.dtype, smoothing)
        self.hard = make_target_rows(labels, valid, classes, lp.dtype) if smoothing else self.rows
        self.weight = weight
        self.coefficients: Array = self.rows if weight is None else self.rows * weight
        # A class of probability 0 whose target is 0 adds 0 to the loss, not 0 * -inf.
        self.lp = np.where(self.rows != 0, lp, 0)

    def losses(self) -> Array:
        """Return one loss for each row."""
        return -(self.coefficients * self.lp).sum(axis=1)

    def total(self) -> Array:
        """Return W, or 1 where no label counts: the loss is then 0, not 0/0."""
        total = (self.hard if self.weight is None else self.hard * self.weight).sum()
        return np.where(total == 0, 1, total)

    def score_gradient(self, grad: Array) -> Array:
        """Return d/dlp (n, c) for the gradient of the losses (n, 1) or ()."""
        return -(self.coefficients * grad)

    def weight_gradient(self, grad: Array, mean_grad: Array | None) -> Array:
        """Return d/dw (c,); `mean_grad` is the gradient of a weighted mean, which depends on w through W
        too.
        """
        direct = -(self.rows * self.lp * grad).sum(axis=0)
        if mean_grad is None:
            return direct
        total = self.total()
        return direct - self.hard.sum(axis=0) * (mean_grad * self.losses().sum() / (total * total))


def spread_target_gradient(
    targets: WeightedTargets, grad: Array, reduction: str
) -> tuple[Array, Array | None]:
    """Return the gradient of the losses, as (n, 1) or (), and that of their mean if there is one."""
    if reduction == "none":
        return grad.reshape(-1, 1), None
    grad = to_single(grad)
    if reduction == "sum":
        return grad, None
    return grad / targets.total(), grad


def reduce_targets(targets: WeightedTargets, reduction: str, shape: tuple[int, ...]) -> Array:
    """Return the losses in the `shape` of the labels, or their sum or weighted mean."""
    losses = targets.losses()
    if reduction == "none":
        return losses.reshape(shape)
    return losses.sum() if reduction == "sum" else losses.sum() / targets.total()
