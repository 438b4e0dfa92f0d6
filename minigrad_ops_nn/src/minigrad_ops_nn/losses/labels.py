"""Class labels and the scores of their classes: validation, rows, and one-hot rows."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core import Array
from minigrad_core.errors import InputError


def find_valid_labels(
    op: str, labels: Any, scores: tuple[int, ...], ignore_index: int
) -> NDArray[np.bool_] | None:
    """Return a mask of the labels that are not `ignore_index`, or None if the mask is true everywhere.

    scores: the shape (c,), (n, c) or (n, c, ...) of the scores; labels: ints in [0, c) or `ignore_index`, of
    that shape without the class axis.

    Raises
    ------
    InputError
        The labels are not integers, have another shape, or are out of range.
    """
    axis = min(len(scores) - 1, 1)
    classes = scores[axis] if scores else 0
    if not scores or labels.dtype.kind not in "iu" or labels.shape != scores[:axis] + scores[axis + 1 :]:
        raise _make_label_error(op, labels, scores)
    if not labels.size or (_find_largest_label(labels) < classes and not 0 <= ignore_index < classes):
        return None
    valid = labels != ignore_index
    out = valid & ((labels < 0) | (labels >= classes))
    if out.any():
        where = tuple(int(i) for i in np.argwhere(out)[0])
        raise InputError(
            f"{op} expected labels in [0, {classes}) for scores of shape {scores}, got {labels[where]} at "
            f"index {where}; labels to leave out are marked with ignore_index={ignore_index}"
        )
    return None if valid.all() else valid


def _find_largest_label(labels: NDArray[Any]) -> Any:
    """Return the largest label as an unsigned number: negative labels are huge, so one search checks both."""
    unsigned = labels.view(np.uint64) if labels.dtype.itemsize == 8 else labels.astype(np.uint64)
    return unsigned.item(unsigned.argmax())


def _make_label_error(op: str, labels: Any, scores: tuple[int, ...]) -> InputError:
    if not scores:
        return InputError(f"{op} expected scores (n, c), one for each class, got shape ()")
    axis = min(len(scores) - 1, 1)
    shape = scores[:axis] + scores[axis + 1 :]
    if labels.shape != shape:
        advice = ""
        if labels.shape == scores:
            advice = f"; for one-hot rows, use labels.argmax(axis={axis})"
        elif labels.shape == (*shape, 1):
            advice = "; use labels[..., 0]"
        return InputError(
            f"{op} expected labels of shape {shape} for scores of shape {scores} (classes on axis {axis}), "
            f"got {labels.shape}{advice}"
        )
    use = "labels.astype(np.int64), or argmax for one-hot rows"
    if labels.dtype.kind in "US":
        use = "names, labels = np.unique(labels, return_inverse=True)"
    return InputError(f"{op} expected integer labels, got {labels.dtype}: use {use}")


def check_class_weight(op: str, weight: Array | None, classes: int) -> None:
    """Raise `InputError` unless `weight` is None or has one value for each class."""
    if weight is not None and weight.shape != (classes,):
        raise InputError(f"{op} expected weight ({classes},), one for each class, got {weight.shape}")


def make_target_rows(
    labels: Any, valid: NDArray[np.bool_] | None, classes: int, dtype: DTypeLike, smoothing: float = 0.0
) -> NDArray[Any]:
    """Return (n, c) rows `(1 - smoothing) * one_hot(label) + smoothing / c`, zeros for ignored labels."""
    rows = (labels.reshape(-1, 1) == np.arange(classes)).astype(dtype)
    if smoothing:
        rows *= 1 - smoothing
        rows += smoothing / classes
    if valid is not None:
        rows *= valid.reshape(-1, 1)
    return rows


def to_rows(scores: Array) -> Array:
    """Return scores (c,), (n, c) or (n, c, d, ...) as rows (n * d * ..., c)."""
    if scores.ndim == 2:
        return scores
    if scores.ndim == 1:
        return scores.reshape(1, -1)
    moved = scores.transpose(0, *range(2, scores.ndim), 1)
    return moved.reshape(prod(moved.shape[:-1]), moved.shape[-1])


def to_valid_rows(scores: Array, valid: NDArray[np.bool_] | None) -> Array:
    """Return scores as rows, zero for ignored labels: NaN there would make 0 times a slope NaN."""
    rows = to_rows(scores)
    return rows if valid is None else np.where(valid.reshape(-1, 1), rows, 0)


def from_rows(rows: Array, shape: tuple[int, ...]) -> Array:
    """Return rows (n * d * ..., c) as scores of `shape`, the inverse of `to_rows`."""
    if len(shape) == 2:
        return rows
    if len(shape) == 1:
        return rows.reshape(shape)
    moved = rows.reshape(shape[0], *shape[2:], shape[1])
    return moved.transpose(0, -1, *range(1, len(shape) - 1))
