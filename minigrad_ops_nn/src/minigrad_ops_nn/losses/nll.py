"""Negative log-likelihood."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, index_into, positive, real

from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import restore_half, to_single
from ..references import losses
from .labels import check_class_weight, find_valid_labels, from_rows, make_target_rows, to_rows
from .reduction import Reduction, check_reduction

_LABELS = index_into("log_probabilities", axis=1, shape="n")


class LabelTerms(NamedTuple):
    """The log-probabilities lp and weights w (n,) of the labels (n,), both 0 for ignored labels."""

    lp: Any
    weights: Any
    labels: NDArray[Any]
    valid: NDArray[np.bool_] | None
    classes: int

    def losses(self) -> Array:
        """Return `-w lp`."""
        return -(self.weights * self.lp)

    def total_weight(self) -> Array:
        """Return the sum of w, or 1 if all labels are ignored: the loss is then 0, not 0/0."""
        total = self.weights.sum()
        return np.where(total == 0, 1, total)

    def scatter_to_rows(self, values: Any) -> Array:
        """Return zeros (n, c) with the values (n,) at the labels."""
        if not are_ndarrays(values):
            return values.reshape(-1, 1) * make_target_rows(self.labels, None, self.classes, values.dtype)
        rows = np.zeros((len(self.labels), self.classes), values.dtype)
        rows[np.arange(len(self.labels)), self.labels] = values
        return rows

    def sum_by_class(self, values: Any) -> Array:
        """Return the sums (c,) of the values (n,) of each class, without ignored labels."""
        return values @ make_target_rows(self.labels, self.valid, self.classes, values.dtype)


def gather_label_terms(labels: Any, valid: NDArray[np.bool_] | None, rows: Any, weight: Any) -> LabelTerms:
    """Return the terms of the labels in log-probabilities `rows` (n, c), with weight (c,) or None."""
    classes = rows.shape[1]
    check_class_weight("nll", weight, classes)
    labels = labels.reshape(-1)
    if valid is not None:
        valid = valid.reshape(-1)
        labels = np.where(valid, labels, 0)
    lp = rows[np.arange(len(labels)), labels]
    weights = np.ones(len(labels), rows.dtype) if weight is None else weight[labels]
    if valid is not None:
        lp, weights = np.where(valid, lp, 0), weights * valid
    return LabelTerms(lp, weights, labels, valid, classes)


class NLL(Operation):
    """Negative log-likelihood: `-log_probabilities[i, labels[i]]`, weighted by class.

    log_probabilities: (n, c), (c,) or (n, c, d, ...); labels: ints in [0, c), of that shape without the class
    axis; weight: (c,) or None. "none" gives a loss for each label, "mean" their weighted mean, "sum" their
    sum. d/dlog_probabilities = -weight[label] at the label, divided by the total weight for "mean".
    Labels equal to `ignore_index` are left out; if all are, the loss is 0.

    Raises
    ------
    InputError
        The labels are out of range, are not integers, or have the wrong shape.
    ArgumentError
        An unknown reduction.
    """

    name = "nll"
    reference = staticmethod(losses.nll)
    cases = (
        Case(log_probabilities=real("n c"), labels=_LABELS),
        Case(
            log_probabilities=real("n c d"),
            labels=index_into("log_probabilities", axis=1, shape="n d"),
            weight=positive("c"),
            reduction="none",
        ),
        Case(log_probabilities=real("n c"), labels=_LABELS, weight=positive("c"), ignore_index=0),
        Case(log_probabilities=real("3 2 2"), labels=np.array([[0, -100], [1, 1], [-100, 0]])),
        Case(log_probabilities=real("2 1"), labels=np.array([0, -100])),
        Case(log_probabilities=np.array([[-3, -1]]), labels=np.array([0]), reduction="none"),
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
        check_reduction("nll", reduction)
        valid = find_valid_labels("nll", labels, log_probabilities.shape, ignore_index)
        given = log_probabilities, weight
        log_probabilities = to_single(log_probabilities, weight)
        weight = None if weight is None else to_single(weight, log_probabilities)
        terms = gather_label_terms(labels, valid, to_rows(log_probabilities), weight)
        ctx.save(terms, log_probabilities.shape, reduction)
        losses = terms.losses()
        if reduction == "none":
            return restore_half(losses.reshape(labels.shape), *given)
        total = losses.sum()
        return restore_half(total if reduction == "sum" else total / terms.total_weight(), *given)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        terms, shape, reduction = ctx.saved
        each = to_single(grad).reshape(-1) if reduction == "none" else to_single(grad)
        if reduction == "mean":
            each = each / terms.total_weight()
        gw = None
        if any(ctx.needs[2:]):
            total_term = terms.losses().sum() / terms.total_weight() if reduction == "mean" else 0
            gw = terms.sum_by_class((terms.lp + total_term) * -each)
        gx = from_rows(terms.scatter_to_rows(-(terms.weights * each)), shape) if ctx.needs[0] else None
        return (gx, None, gw)[: len(ctx.needs)]


nll = NLL()
