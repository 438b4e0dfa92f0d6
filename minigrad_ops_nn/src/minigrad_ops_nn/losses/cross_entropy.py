"""Cross-entropy of labels, from logits."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Cached, Context, Operation
from minigrad_core.cases import Case, index_into, positive, real

from ..kernels.precision import restore_half, to_single
from ..references import losses
from .class_rows import from_rows, to_rows
from .cross_entropy_gradient import cross_entropy_gradient
from .cross_entropy_kernel import compute_losses, compute_recorded_losses
from .labels import find_valid_labels
from .reduction import Reduction, check_reduction
from .weighted_targets import WeightedTargets, reduce_targets, spread_target_gradient


class CrossEntropy(Operation):
    """`log(sum(exp(logits))) - logits[label]`, the negative log-likelihood of softmax(logits).

    logits: (n, c), (c,) or (n, c, d, ...); labels: ints in [0, c), of that shape without the class axis;
    weight: (c,) or None. "none" gives one loss for each label, "mean" their weighted mean, "sum" their sum.
    d/dlogits = softmax(logits) - one_hot(label), times the weight, over the total weight for "mean".
    With `label_smoothing` s the target is (1 - s) one_hot(label) + s / c (Szegedy et al. 2016, section 7).
    Labels equal to `ignore_index` count for nothing; if all do, the loss is 0.

    Raises
    ------
    InputError
        Labels out of range, no integers, or of the wrong shape.
    ArgumentError
        An unknown reduction.
    """

    name = "cross_entropy"
    reference = staticmethod(losses.cross_entropy)
    cases = (
        Case(
            logits=real("n c"),
            labels=index_into("logits", axis=1, shape="n"),
            weight=positive("c"),
            ignore_index=0,
            label_smoothing=0.1,
        ),
        Case(
            logits=real("n c d"),
            labels=index_into("logits", axis=1, shape="n d"),
            reduction="none",
            ignore_index=0,
        ),
        Case(logits=real("n c"), labels=index_into("logits", axis=1, shape="n")),
        Case(
            logits=real("n c"),
            labels=index_into("logits", axis=1, shape="n"),
            reduction="sum",
            ignore_index=0,
        ),
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
        plain = weight is None and not label_smoothing
        if plain and _has_plain_labels(logits, labels, ignore_index):
            try:
                loss, picked = compute_losses(logits, labels, None, reduction)
            except (TypeError, ValueError):
                pass  # a label is out of range, or to be ignored: which, is found out below
            else:
                ctx.save(logits, labels, None, reduction, Cached((picked,)))
                return loss
        valid = find_valid_labels("cross_entropy", labels, logits.shape, ignore_index)
        given, logits = (logits, weight), to_single(logits, weight)
        rows = to_rows(logits)
        if plain:
            loss, found = (compute_losses if type(rows) is np.ndarray else compute_recorded_losses)(
                rows, labels, valid, reduction
            )
            ctx.save(logits, labels, valid, reduction, Cached((found,)))
            return restore_half(loss.reshape(labels.shape) if reduction == "none" else loss, *given)
        shifted = rows - rows.max(axis=1, keepdims=True)
        lp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        weight = None if weight is None else to_single(weight, logits)
        targets = WeightedTargets(labels, valid, lp, weight, label_smoothing)
        ctx.save(logits, targets, np.exp(lp), reduction)
        return restore_half(reduce_targets(targets, reduction, labels.shape), *given)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return the gradients of the logits and of the weight."""
        match ctx.saved:
            case logits, labels, valid, reduction, cached:  # plain labels, and no weight
                if cached:
                    rows = cached[0].gradient(grad, reduction)
                else:
                    counts = None if valid is None else valid.reshape(-1)
                    each = grad.reshape(-1) if reduction == "none" else grad
                    gradient = cross_entropy_gradient(reduction)
                    rows = gradient(to_rows(logits), labels.reshape(-1), each, counts, known=ctx.cached)
                return from_rows(rows, logits.shape), None
        logits, targets, probabilities, reduction = ctx.saved
        grad, mean_grad = spread_target_gradient(targets, grad, reduction)
        rows = targets.score_gradient(grad)
        return (
            from_rows(rows - probabilities * rows.sum(axis=1, keepdims=True), logits.shape)
            if ctx.needs[0]
            else None,
            None,
            targets.weight_gradient(grad, mean_grad) if any(ctx.needs[2:]) else None,
        )


def _has_plain_labels(logits: Array, labels: Array, ignore_index: int) -> bool:
    """Return whether to go ahead with (n, c) and (n,): NumPy will find a label that is out of range."""
    return (
        type(logits) is np.ndarray
        and logits.dtype.char in "fd"
        and logits.ndim == 2
        and labels.shape == logits.shape[:1]
        and labels.dtype.kind in "iu"
        and not 0 <= ignore_index < logits.shape[1]
    )


cross_entropy = CrossEntropy()
