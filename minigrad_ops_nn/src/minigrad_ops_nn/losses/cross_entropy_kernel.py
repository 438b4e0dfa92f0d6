"""Cross-entropy of plain labels: on raw arrays with no (n, c) array but the exponentials and the gradient."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..activations.softmax import log_softmax
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

    Small batches pay for each call of NumPy, not for the arithmetic: hence `reduce` for the methods, which
    are Python code, and one flat index for the entries of the labels.
    """
    n, classes = logits.shape
    labels = labels.reshape(-1).astype(np.intp, copy=False)
    if valid is not None:
        valid = valid.reshape(-1)
        labels = np.where(valid, labels, 0)
    counted = max(n if valid is None else int(valid.sum()), 1)
    if classes < FEW:
        class_axis, entries, shifted = 0, labels * n + np.arange(n), logits.T.copy()
        shifted -= np.maximum.reduce(shifted, axis=0)
        picked = shifted.take(entries)
        exponentials = np.exp(shifted, out=shifted)
        sums = np.add.reduce(exponentials, axis=0)
    else:
        class_axis, entries = 1, labels + np.arange(n) * classes
        scores, exponentials, sums = _along_rows(logits)
        picked = scores.take(entries)
    losses, own = np.log(sums) - picked, np.exp(picked)
    if class_axis == 1:  # without a shift a difference of numbers up to 10, and 1e-6 off
        likely = own > 0.5 * sums
        losses[likely] = np.log(sums[likely] / own[likely])
    exponentials.put(entries, own - sums)
    saved = Picked(exponentials, sums, class_axis, valid, counted)
    if valid is not None:
        losses[~valid] = 0
    if reduction == "none":
        return losses, saved
    total = np.add.reduce(losses)
    return total if reduction == "sum" else total / counted, saved


def _along_rows(logits: Any) -> tuple[Any, Any, Any]:
    """Return scores (n, c), their exponentials, and the sums of these (n,): the logits or, where exponentials
    would come near overflow or all of a row's near 0, the logits less the maximum of their row.

    Usual logits (in float32 of up to 10) need no shift, and for 512 x 1,000 the maxima of the rows and the
    array of differences take 0.4 ms, the exponentials 0.3, the maximum of all 0.06. BLAS takes half the time
    of np.add.reduce for the sums. No NaN passes the comparisons.
    """
    classes = logits.shape[1]
    column = np.ones(classes, logits.dtype)
    largest = (np.finfo(logits.dtype).max / classes) ** 0.125
    if np.maximum.reduce(logits, axis=None, initial=-np.inf) <= log(largest):
        exponentials = np.exp(logits)
        sums = exponentials @ column
        if np.minimum.reduce(sums, initial=np.inf) >= 1 / largest:
            return logits, exponentials, sums
    shifted = logits - np.maximum.reduce(logits, axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    return shifted, exponentials, exponentials @ column


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
