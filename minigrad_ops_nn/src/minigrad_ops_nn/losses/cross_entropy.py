"""Cross-entropy of labels, from logits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Cached, Context, Operation
from minigrad_core.cases import Case, index_into, positive, real
from minigrad_core.errors import ArgumentError

from ..kernels.precision import restore_half, to_single
from ..references import losses
from .cross_entropy_gradient import cross_entropy_gradient
from .cross_entropy_kernel import compute_losses, compute_recorded_losses
from .labels import check_class_weight, find_valid_labels, from_rows, make_target_rows, to_rows, to_valid_rows
from .reduction import Reduction, check_reduction

_LABELS = index_into("logits", axis=1, shape="n")


class CrossEntropy(Operation):
    """`log(sum(exp(logits))) - logits[label]`, the negative log-likelihood of softmax(logits).

    logits: (n, c), (c,) or (n, c, d, ...); labels: ints in [0, c), of that shape without the class axis;
    weight: (c,) or None. "none" gives a loss for each label, "mean" their weighted mean, "sum" their sum.
    d/dlogits = softmax(logits) - one_hot(label), times the weight, divided by the total weight for "mean".
    With `label_smoothing` s the target is (1 - s) one_hot(label) + s / c (Szegedy et al. 2016, section 7).
    Labels equal to `ignore_index` are left out; if all are, the loss is 0.

    Raises
    ------
    InputError
        The labels are out of range, are not integers, or have the wrong shape.
    ArgumentError
        An unknown reduction, or a label_smoothing outside [0, 1].
    """

    name = "cross_entropy"
    reference = staticmethod(losses.cross_entropy)
    cases = (
        Case(logits=real("n c"), labels=_LABELS, weight=positive("c"), ignore_index=0, label_smoothing=0.1),
        Case(
            logits=real("n c d"),
            labels=index_into("logits", axis=1, shape="n d"),
            reduction="none",
            ignore_index=0,
        ),
        Case(logits=real("n c"), labels=_LABELS),
        Case(logits=real("n c"), labels=_LABELS, reduction="sum", ignore_index=0),
        Case(logits=real("3 2 2"), labels=np.array([[0, -100], [1, 1], [-100, 0]])),
        Case(logits=real("3 2"), labels=np.array([1, 0, 1]), weight=positive("2")),
    )

    def forward(
        self,
        ctx: Context,
        logits: Array,
        labels: Array,
        weight: Array | None = None,
        *,
        reduction: Reduction = "mean",
        ignore_index: int = -100,
        label_smoothing: float = 0.0,
    ) -> Array:
        check_reduction("cross_entropy", reduction)
        if not 0 <= label_smoothing <= 1:
            raise ArgumentError(f"cross_entropy expected label_smoothing in [0, 1], got {label_smoothing}")
        plain = weight is None and not label_smoothing
        if plain and _has_plain_labels(logits, labels, ignore_index):
            try:
                loss, residuals = compute_losses(logits, labels, None, reduction)
            except (TypeError, ValueError):
                pass  # a label is out of range or ignored; the search below finds out which
            else:
                ctx.save(logits, labels, None, reduction, Cached((residuals,)))
                return loss
        valid = find_valid_labels("cross_entropy", labels, logits.shape, ignore_index)
        given, logits = (logits, weight), to_single(logits, weight)
        if plain:
            if type(logits) is np.ndarray:  # without a mask, which takes half of the time of the kernel
                loss, saved = compute_losses(to_rows(logits), labels, valid, reduction)
            else:
                rows = to_valid_rows(logits, valid)
                loss, saved = compute_recorded_losses(rows, labels, valid, reduction), None
            ctx.save(logits, labels, valid, reduction, Cached((saved,)))
            return restore_half(loss.reshape(labels.shape) if reduction == "none" else loss, *given)
        rows = to_valid_rows(logits, valid)
        shifted = rows - rows.max(axis=1, keepdims=True)
        lp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        weight = None if weight is None else to_single(weight, logits)
        targets = WeightedTargets(labels, valid, lp, weight, label_smoothing)
        ctx.save(logits, targets, np.exp(lp), reduction)
        return restore_half(targets.reduce(reduction, labels.shape), *given)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        match ctx.saved:
            case logits, labels, valid, reduction, cached:  # plain labels, and no weight
                if cached:
                    rows = cached[0].gradient(grad, reduction)
                else:
                    mask = None if valid is None else valid.reshape(-1)
                    rows = to_valid_rows(logits, mask)
                    each = grad.reshape(-1) if reduction == "none" else grad
                    gradient = cross_entropy_gradient(reduction)
                    rows = gradient(rows, labels.reshape(-1), each, mask, known=ctx.cached)
                return from_rows(rows, logits.shape), None
        logits, targets, probabilities, reduction = ctx.saved
        grad, mean_grad = targets.spread_gradient(grad, reduction)
        gx = None
        if ctx.needs[0]:
            rows = targets.score_gradient(grad)
            gx = from_rows(rows - probabilities * rows.sum(axis=1, keepdims=True), logits.shape)
        return gx, None, targets.weight_gradient(grad, mean_grad) if any(ctx.needs[2:]) else None


def _has_plain_labels(logits: Array, labels: Array, ignore_index: int) -> bool:
    """Return whether the shapes are (n, c) and (n,), so that NumPy finds a label that is out of range."""
    return (
        type(logits) is np.ndarray
        and logits.dtype.char in "fd"
        and logits.ndim == 2
        and labels.shape == logits.shape[:1]
        and labels.dtype.kind in "iu"
        and not 0 <= ignore_index < logits.shape[1]
    )


class WeightedTargets:
    """Rows u (n, c) of target probabilities and class weights w (c,).

    losses_i = -sum_c u_ic w_c lp_ic for log-probabilities lp. Their weighted mean divides the sum by
    W = sum_i w[label_i] over the labels that are not ignored, as PyTorch does.
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
        check_class_weight("cross_entropy", weight, classes)
        self.rows = make_target_rows(labels, valid, classes, lp.dtype, smoothing)
        self.one_hot = make_target_rows(labels, valid, classes, lp.dtype) if smoothing else self.rows
        self.weight = weight
        self.coefficients: Array = self.rows if weight is None else self.rows * weight
        # A class of probability 0 whose target is 0 adds 0 to the loss, not 0 * -inf.
        self.lp = np.where(self.rows != 0, lp, 0)

    def losses(self) -> Array:
        """Return the losses (n,)."""
        return -(self.coefficients * self.lp).sum(axis=1)

    def total_weight(self) -> Array:
        """Return W, or 1 if all labels are ignored: the loss is then 0, not 0/0."""
        total = (self.one_hot if self.weight is None else self.one_hot * self.weight).sum()
        return np.where(total == 0, 1, total)

    def reduce(self, reduction: str, shape: tuple[int, ...]) -> Array:
        """Return the losses in the `shape` of the labels, or their sum or weighted mean."""
        losses = self.losses()
        if reduction == "none":
            return losses.reshape(shape)
        return losses.sum() if reduction == "sum" else losses.sum() / self.total_weight()

    def spread_gradient(self, grad: Array, reduction: str) -> tuple[Array, Array | None]:
        """Return the gradient of the losses, (n, 1) or (), and that of their weighted mean, or None."""
        if reduction == "none":
            return grad.reshape(-1, 1), None
        grad = to_single(grad)
        if reduction == "sum":
            return grad, None
        return grad / self.total_weight(), grad

    def score_gradient(self, grad: Array) -> Array:
        """Return d/dlp (n, c), given the gradient of the losses, (n, 1) or ()."""
        return -(self.coefficients * grad)

    def weight_gradient(self, grad: Array, mean_grad: Array | None) -> Array:
        """Return d/dw (c,).

        `mean_grad` is the gradient of a weighted mean, which depends on w through W too.
        """
        direct = -(self.rows * self.lp * grad).sum(axis=0)
        if mean_grad is None:
            return direct
        total = self.total_weight()
        return direct - self.one_hot.sum(axis=0) * (mean_grad * self.losses().sum() / (total * total))


cross_entropy = CrossEntropy()
