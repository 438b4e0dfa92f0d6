"""Scores (n, c, ...) as a matrix of rows (n * ..., c), and back."""

from __future__ import annotations

from math import prod

from minigrad_core import Array


def to_rows(scores: Array) -> Array:
    """Return scores (c,), (n, c) or (n, c, d, ...) as rows (n * d * ..., c)."""
    if scores.ndim == 2:
        return scores
    if scores.ndim == 1:
        return scores.reshape(1, -1)
    moved = scores.transpose(0, *range(2, scores.ndim), 1)
    return moved.reshape(prod(moved.shape[:-1]), moved.shape[-1])


def from_rows(rows: Array, shape: tuple[int, ...]) -> Array:
    """Return rows in the `shape` that `to_rows` was given."""
    if len(shape) == 2:
        return rows
    if len(shape) == 1:
        return rows.reshape(shape)
    moved = rows.reshape(shape[0], *shape[2:], shape[1])
    return moved.transpose(0, -1, *range(1, len(shape) - 1))
