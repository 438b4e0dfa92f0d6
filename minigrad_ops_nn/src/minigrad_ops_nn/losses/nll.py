"""The negative log-likelihood of labels under log-probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minigrad_core import Operation
from minigrad_core.cases import Case, index_into, positive, real

from .class_rows import from_rows, to_rows
from .labels import valid_labels
from .reduction import check_reduction
from .weighted_targets import WeightedTargets, reduced_targets, spread

if TYPE_CHECKING:
    from minigrad_core import Array, Context

    from .reduction import Reduction


class NLL(Operation):
    """Negative log-likelihood: `-log_probabilities[i, labels[i]]`, weighted by class.

    log_probabilities: (n, c), (c,) or (n, c, d, ...); labels: ints in [0, c), of that shape without the class
    axis; weight: (c,) or None. "none" gives one loss for each label, "mean" their weighted mean, "sum"
    their sum.
    d/dlog_probabilities = -weight[label] at the label, over the total weight for "mean"; labels have none.
    Labels equal to `ignore_index` count for nothing; if all do, the loss is 0.

    Raises
    ------
    InputError
        Labels out of range, no integers, or of the wrong shape.
    ArgumentError
        An unknown reduction.
    """

    name = "nll"
    cases = (
        Case(log_probabilities=real("n c"), labels=index_into("log_probabilities", axis=1, shape="n")),
        Case(
            log_probabilities=real("n c d"),
            labels=index_into("log_probabilities", axis=1, shape="n d"),
            weight=positive("c"),
            reduction="none",
        ),
        Case(
            log_probabilities=real("n c"),
            labels=index_into("log_probabilities", axis=1, shape="n"),
            weight=positive("c"),
            ignore_index=0,
        ),
    )

    def forward(
        self,
        ctx: Context,
        log_probabilities: Array,
        labels: Array,
        weight: Array | None = None,
        *,
        reduction: Reduction = "mean",
        ignore_index: int = -100,
    ) -> Array:
        """Return the loss."""
        check_reduction("nll", reduction)
        valid = valid_labels("nll", labels, log_probabilities.shape, ignore_index)
        targets = WeightedTargets(labels, valid, to_rows(log_probabilities), weight)
        ctx.save(targets, log_probabilities.shape, reduction)
        return reduced_targets(targets, reduction, labels.shape)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return the gradients of the log-probabilities and of the weight."""
        targets, shape, reduction = ctx.saved
        grad, mean_grad = spread(targets, grad, reduction)
        return (
            from_rows(targets.score_gradient(grad), shape) if ctx.needs[0] else None,
            None,
            targets.weight_gradient(grad, mean_grad) if any(ctx.needs[2:]) else None,
        )[: len(ctx.needs)]


nll = NLL()
