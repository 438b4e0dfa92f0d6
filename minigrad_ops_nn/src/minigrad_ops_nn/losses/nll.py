"""Negative log-likelihood."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, index_into, positive, real
from minigrad_core.errors import InputError

from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import restore_half, to_single
from ..references import losses
from .class_rows import from_rows, to_rows
from .labels import find_valid_labels, make_target_rows
from .reduction import Reduction, check_reduction


class LabelTerms(NamedTuple):
    """The log-probabilities lp and weights w (n,) of the labels (n,), both 0 where a label does not count."""

    lp: Any
    weights: Any
    labels: NDArray[Any]
    valid: NDArray[np.bool_] | None
    classes: int

    def losses(self) -> Array:
        """Return `-w lp`."""
        return -(self.weights * self.lp)

    def total(self) -> Array:
        """Return the sum of w, or 1 where no label counts: the loss is then 0, not 0/0."""
        total = self.weights.sum()
        return np.where(total == 0, 1, total)

    def in_rows(self, values: Any) -> Array:
        """Return zeros (n, c) with the values (n,) at the labels."""
        if not are_ndarrays(values):
            return values.reshape(-1, 1) * make_target_rows(self.labels, None, self.classes, values.dtype)
        rows = np.zeros((len(self.labels), self.classes), values.dtype)
        rows[np.arange(len(self.labels)), self.labels] = values
        return rows

    def by_class(self, values: Any) -> Array:
        """Return the sums (c,) of the values (n,) of the labels of each class, of those that count."""
        return values @ make_target_rows(self.labels, self.valid, self.classes, values.dtype)


def gather_label_terms(labels: Any, valid: NDArray[np.bool_] | None, rows: Any, weight: Any) -> LabelTerms:
    """Return what the loss needs of rows (n, c) and weight (c,) or None."""
    classes = rows.shape[1]
    if weight is not None and weight.shape != (classes,):
        raise InputError(f"weight must have shape ({classes},), one for each class, got {weight.shape}")
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
    reference = staticmethod(losses.nll)
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
        picked = gather_label_terms(labels, valid, to_rows(log_probabilities), weight)
        ctx.save(picked, log_probabilities.shape, reduction)
        losses = picked.losses()
        if reduction == "none":
            return restore_half(losses.reshape(labels.shape), *given)
        return restore_half(losses.sum() if reduction == "sum" else losses.sum() / picked.total(), *given)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return the gradients of the log-probabilities and of the weight."""
        picked, shape, reduction = ctx.saved
        each = to_single(grad).reshape(-1) if reduction == "none" else to_single(grad)
        if reduction == "mean":
            each = each / picked.total()
        gw = None
        if any(ctx.needs[2:]):
            through_total = picked.losses().sum() / picked.total() if reduction == "mean" else 0
            gw = picked.by_class((picked.lp + through_total) * -each)
        return (
            from_rows(picked.in_rows(-(picked.weights * each)), shape) if ctx.needs[0] else None,
            None,
            gw,
        )[: len(ctx.needs)]


nll = NLL()
