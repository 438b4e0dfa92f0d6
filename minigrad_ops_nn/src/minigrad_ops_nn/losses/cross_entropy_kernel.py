"""Cross-entropy of unweighted labels; the exponentials and the gradient are the only (n, c) arrays."""

from __future__ import annotations

from contextvars import Context
from functools import lru_cache
from math import exp, log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array

from ..activations.softmax import flush_small_exponentials, log_softmax
from ..kernels.constants import arange, ones, scalar

# NumPy starts a loop for each row: with fewer classes, the maxima over a transposed copy are quicker.
FEW = 16

# NumPy ignores invalid values in calls that run in a copy of this context. A call takes 0.1 us more, and 1 us
# more under `np.errstate`, which sets the same variable.
_IGNORES_INVALID = Context()
_IGNORES_INVALID.run(np.seterr, invalid="ignore")


class LabelResiduals(NamedTuple):
    """The values that the gradient needs.

    residuals: (n, c), exp_ij - one_hot_ij sum_i; sums: (n,), of the exponentials; valid: (n,) bools, false
    for ignored labels, or None; label_count: the number of valid labels, at least 1; entries: (n,), the
    positions of the labels in the flat residuals. loss_i = log(sum_i) - logits[i, label_i], and
    d/dlogits_i = grad_i residual_i / sum_i; both are the same for shifted logits.
    """

    residuals: NDArray[Any]
    sums: NDArray[Any]
    valid: NDArray[np.bool_] | None
    label_count: int
    entries: NDArray[np.intp]

    def gradient(self, grad: NDArray[Any], reduction: str) -> NDArray[Any]:
        """Return d/dlogits (n, c)."""
        each = (grad.reshape(-1) if reduction == "none" else grad) / self.sums
        if reduction == "mean":
            each /= scalar(self.label_count, each.dtype)
        return self._clear_ignored(self.residuals * each.reshape(-1, 1))

    def probabilities(self) -> NDArray[Any]:
        """Return softmax(logits) (n, c)."""
        result: NDArray[Any] = self.residuals / self.sums.reshape(-1, 1)
        result.put(self.entries, result.take(self.entries) + 1)
        return self._clear_ignored(result)

    def _clear_ignored(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return the rows (n, c), zero for ignored labels, whose scores may be NaN or infinite."""
        if self.valid is not None:
            rows[~self.valid] = 0
        return rows


def compute_losses(
    logits: Any, labels: Any, valid: NDArray[np.bool_] | None, reduction: str
) -> tuple[Any, LabelResiduals]:
    """Return the losses (n,), or their sum or mean, and the values that the gradient needs.

    For a small batch, calls of NumPy take most of the time, and the first call of a function in a step takes
    twice as long, since its code has left the caches. So the kernel makes few calls, of few functions, and
    computes sums as products with ones.

    Raises
    ------
    ValueError
        A label that is not ignored is out of range.
    """
    n, classes = logits.shape
    if labels.ndim != 1:
        labels = labels.reshape(-1)
    count = n
    if valid is not None:
        valid = valid.reshape(-1)
        labels = np.where(valid, labels, 0)
        count = int(valid.sum())
    entries = np.ravel_multi_index((arange(n), labels), (n, classes))
    losses, residuals, sums = _compute_losses(logits, entries)
    saved = LabelResiduals(residuals, sums, valid, count or 1, entries)
    if valid is not None:
        losses[~valid] = 0
    if reduction == "none":
        return losses, saved
    total = losses.dot(ones(n, losses.dtype))
    return total if reduction == "sum" else total / saved.label_count, saved


def _compute_losses(scores: Any, entries: Any) -> tuple[Any, Any, Any]:
    """Return the losses (n,), the residuals (n, c), and the sums of the exponentials (n,).

    entries: the positions of the labels' scores in the flat scores.

    Scores up to a bound (21 in float32) need no shift by the maxima of the rows. For 512 x 1,000 scores, the
    maxima and the array of differences take 0.4 ms, the exponentials 0.3, and the search for the largest
    score 0.05. The comparisons are false for NaN.
    """
    bound, least = _find_bounds_without_shift(scores.dtype, scores.shape[1])
    if scores.size and scores.item(scores.argmax()) <= bound:
        exponentials, sums, own = _exponentiate(scores, entries)
        if own.item(own.argmin()) >= least:
            losses = np.log(sums / own)
            own -= sums
            exponentials.put(entries, own)
            return losses, exponentials, sums
    scores = scores - _find_row_maxima(scores)
    exponentials, sums, own = _exponentiate(scores, entries)
    losses = np.log(sums) - scores.take(entries)
    exponentials.put(entries, own - sums)
    return losses, exponentials, sums


def _exponentiate(scores: Any, entries: Any) -> tuple[Any, Any, Any]:
    """Return the exponentials (n, c), their sums (n,), and those of the labels (n,).

    Some kernels of OpenBLAS set the processor's flag for an invalid value in products of finite numbers, and
    NumPy warns (github.com/numpy/numpy/issues/24067). Sums without BLAS take ten times as long as the product
    for 128 x 10 scores.
    """
    exponentials = flush_small_exponentials(np.exp(scores))
    sums = _IGNORES_INVALID.copy().run(exponentials.dot, ones(scores.shape[1], scores.dtype))
    return exponentials, sums, exponentials.take(entries)


def _find_row_maxima(scores: Any) -> Any:
    """Return the maxima of the rows, (n, 1)."""
    if scores.shape[1] < FEW:
        return np.maximum.reduce(scores.T.copy(), axis=0).reshape(-1, 1)
    return np.maximum.reduce(scores, axis=1, keepdims=True)


@lru_cache(maxsize=64)
def _find_bounds_without_shift(dtype: np.dtype[Any], classes: int) -> tuple[float, float]:
    """Return the largest score, and the smallest exponential of a label's score, that need no shift.

    Both leave room for the products of the gradient.
    """
    bound = log(np.finfo(dtype).max / max(classes, 1)) / 4
    return bound, exp(-2 * bound)


def compute_recorded_losses(
    rows: Array, labels: Any, valid: NDArray[np.bool_] | None, reduction: str
) -> Array:
    """Return the losses of `compute_losses`, in calls that are recorded if `rows` is a tensor."""
    labels, count = labels.reshape(-1), max(labels.size if valid is None else int(valid.sum()), 1)
    if valid is not None:
        valid = valid.reshape(-1)
        labels = np.where(valid, labels, 0)
    losses: Array = -log_softmax(rows)[np.arange(len(labels)), labels]
    if valid is not None:
        losses = np.where(valid, losses, 0)
    if reduction == "none":
        return losses
    return losses.sum() * (1 if reduction == "sum" else 1 / count)
