"""The gradient of the cross-entropy as an operation: a second derivative records one call, not five."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from minigrad_core import Array, Cached, Context, Operation, Tensor
from minigrad_core.cases import Case, index_into, real

from ..activations.softmax import softmax, sum_of_products
from ..kernels.precision import to_single
from .cross_entropy_kernel import LabelResiduals, compute_losses
from .labels import make_target_rows
from .reduction import Reduction


class CrossEntropyGradient(Operation):
    """`(softmax(rows) - one_hot(labels)) * grad`, divided by the number of labels for "mean".

    rows: (n, c); labels: (n,) ints in [0, c); grad: (n,) for "none", else (); valid: (n,) bools, false for
    ignored labels, or None.
    Given a gradient v of the result, with p = softmax(rows) and the factor s of each row:
    d/drows = s p (v - sum(p v)); d/dgrad = sum(p v) - v[label], summed or averaged over the rows.
    """

    name = "cross_entropy_gradient"

    def __init__(self, reduction: Reduction) -> None:
        self.reduction = reduction
        shape = "n" if reduction == "none" else ""
        labels = index_into("rows", axis=1, shape="n")
        self.cases = (Case(rows=real("n c"), labels=labels, grad=real(shape)),)

    def forward(
        self,
        ctx: Context,
        rows: Array,
        labels: Array,
        grad: Array,
        valid: Any = None,
        *,
        known: tuple[LabelResiduals, ...] = (),
    ) -> Array:
        """Return the gradient (n, c); `known` holds the residuals, if the loss has computed them."""
        if not isinstance(rows, Tensor) and not isinstance(grad, Tensor):
            residuals = known[0] if known else compute_losses(to_single(rows), labels, valid, "none")[1]
            ctx.save(rows, labels, grad, valid, Cached((residuals.probabilities(),)))
            return residuals.gradient(grad, self.reduction)
        ctx.save(rows, labels, grad, valid, None)
        p = softmax(to_single(rows))
        difference = p - make_target_rows(labels, None, rows.shape[1], p.dtype)
        return difference * self._factor(grad, labels, valid)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        rows, labels, factor, valid, cached = ctx.saved
        p = cached[0] if cached else softmax(to_single(rows))
        mean = sum_of_products(p, grad)
        gx = p * (grad - mean) * self._factor(factor, labels, valid) if ctx.needs[0] else None
        if not ctx.needs[2]:
            return gx, None, None, None
        at_labels = grad[np.arange(len(labels)), labels if valid is None else np.where(valid, labels, 0)]
        each = (mean[:, 0] - at_labels) * self._share(labels, valid)
        if valid is not None:
            each = each * valid
        return gx, None, each if self.reduction == "none" else each.sum(), None

    def _factor(self, grad: Array, labels: Array, valid: Array | None) -> Array:
        """Return the factor of the rows, () or (n, 1)."""
        is_per_label = self.reduction == "none"
        factor = grad.reshape(-1, 1) if is_per_label else to_single(grad) * self._share(labels, valid)
        return factor if valid is None else factor * valid.reshape(-1, 1)

    def _share(self, labels: Array, valid: Array | None) -> float:
        """Return the derivative of the reduced loss with respect to the loss of one label."""
        count = len(labels) if valid is None else int(valid.sum())
        return 1 / max(count, 1) if self.reduction == "mean" else 1


cross_entropy_gradient = cache(CrossEntropyGradient)
