"""Cross-entropy of plain labels: on raw arrays with no (n, c) array but the exponentials and the gradient."""

from __future__ import annotations

from functools import lru_cache
from math import exp, log
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..activations.softmax import log_softmax
from ..ready import counting, ones
from .labels import target_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minigrad_core import Array


# Below this many classes the logits are copied class by class, so that loops run along the rows: for 64 to
# 1,024 rows of float32 that took 0.8 (2 to 10 classes) to 1.1 (16) of the time of loops along the classes.
FEW = 16


class Picked(NamedTuple):
    """What the gradient needs: residuals, sums (n,) of the exponentials, and which labels count.

    The residuals, (c, n) or (n, c), are exp_ij - one_hot_ij sum_i.
    loss_i = log(sum_i) - logits[i, label_i]; d/dlogits_i = grad_i residual_i / sum_i; both are the same for
    shifted logits.
    """

    residuals: NDArray[Any]
    sums: NDArray[Any]
    class_axis: int
    valid: NDArray[np.bool_] | None
    counted: int

    def gradient(self, grad: NDArray[Any], reduction: str) -> NDArray[Any]:
        """Return d/dlogits (n, c)."""
        each = grad / self.counted if reduction == "mean" else grad.reshape(-1)
        if self.valid is not None:
            each = each * self.valid
        scales = each / self.sums
        if self.class_axis == 0:
            return (self.residuals * scales).T
        return self.residuals * scales.reshape(-1, 1)


def pick(logits: Any, labels: Any, valid: NDArray[np.bool_] | None, reduction: str) -> tuple[Any, Picked]:
    """Return the losses (n,), or their sum or mean, and what the gradient needs.

    Small batches pay for each call of NumPy, and twice for the first of its kind in a step, whose code is out
    of the caches by then: hence few calls, of few kinds, products with ones for sums.
    """
    n, classes = logits.shape
    labels = labels.reshape(-1).astype(np.intp, copy=False)
    if valid is not None:
        valid = valid.reshape(-1)
        labels = np.where(valid, labels, 0)
    if classes < FEW:
        entries = np.ravel_multi_index((labels, counting(n)), (classes, n))
        losses, exponentials, sums = _losses(logits.T.copy(), entries, 0)
    else:
        entries = np.ravel_multi_index((counting(n), labels), (n, classes))
        losses, exponentials, sums = _losses(logits, entries, 1)
    counted = max(n if valid is None else int(valid.sum()), 1)
    saved = Picked(exponentials, sums, 0 if classes < FEW else 1, valid, counted)
    if valid is not None:
        losses[~valid] = 0
    if reduction == "none":
        return losses, saved
    total = losses.dot(ones(n, losses.dtype))
    return total if reduction == "sum" else total / counted, saved


def _losses(scores: Any, entries: Any, class_axis: int) -> tuple[Any, Any, Any]:
    """Return the losses (n,), the residuals, (c, n) or (n, c), and the sums of the exponentials (n,).

    entries: where, in the flat scores, those of the labels are.

    Usual scores (in float32 of up to 10) need no shift: for 512 x 1,000 the maxima of the rows and the array
    of differences take 0.4 ms, the exponentials 0.3, the largest of all 0.05. No NaN passes the comparisons.
    """
    bound, least = _unshifted(scores.dtype, scores.shape[class_axis])
    if scores.size and scores.item(scores.argmax()) <= bound:
        exponentials, sums, own = _exponentials(scores, entries, class_axis)
        if own.item(own.argmin()) >= least:
            losses = np.log(sums / own)
            own -= sums
            exponentials.put(entries, own)
            return losses, exponentials, sums
    scores = scores - np.maximum.reduce(scores, axis=class_axis, keepdims=True)
    exponentials, sums, own = _exponentials(scores, entries, class_axis)
    losses = np.log(sums) - scores.take(entries)
    exponentials.put(entries, own - sums)
    return losses, exponentials, sums


def _exponentials(scores: Any, entries: Any, class_axis: int) -> tuple[Any, Any, Any]:
    """Return the exponentials, their sums (n,), and those of the labels (n,)."""
    exponentials = np.exp(scores)
    column = ones(scores.shape[class_axis], scores.dtype)
    sums = column.dot(exponentials) if class_axis == 0 else exponentials.dot(column)
    return exponentials, sums, exponentials.take(entries)


@lru_cache(maxsize=64)
def _unshifted(dtype: np.dtype[Any], classes: int) -> tuple[float, float]:
    """Return how large scores may be, and how small the exponentials of the labels' own, without a shift.

    Both leave room for the products of the gradient.
    """
    bound = log(np.finfo(dtype).max / max(classes, 1)) / 8
    return bound, exp(-4 * bound)


class Recorded(NamedTuple):
    """`Picked` on tensors: log-probabilities (n, c), one-hot labels (n, c), and which labels count (n, 1)."""

    lp: Array
    targets: NDArray[Any]
    valid: NDArray[np.bool_] | None
    counted: int

    def gradient(self, grad: Array, reduction: str) -> Array:
        """Return d/dlogits (n, c)."""
        each = grad.reshape(-1, 1) if reduction == "none" else grad
        if reduction == "mean":
            each = grad * (1 / self.counted)
        probabilities = np.exp(self.lp)
        if self.valid is not None:
            probabilities = probabilities * self.valid
        return (probabilities - self.targets) * each


def record(
    logits: Array, labels: Any, valid: NDArray[np.bool_] | None, reduction: str
) -> tuple[Array, Recorded]:
    """Return what `pick` does, in calls that are recorded where `logits` is a tensor."""
    targets = target_rows(labels, valid, logits.shape[1], logits.dtype)
    counted = max(labels.size if valid is None else int(valid.sum()), 1)
    lp: Array = log_softmax(logits)
    saved = Recorded(lp, targets, None if valid is None else valid.reshape(-1, 1), counted)
    picked: Array = lp[np.arange(len(targets)), targets.argmax(axis=1)]
    if valid is not None:
        picked = np.where(valid.reshape(-1), picked, 0)
    if reduction == "none":
        return -picked, saved
    return picked.sum() * (-1 if reduction == "sum" else -1 / counted), saved
