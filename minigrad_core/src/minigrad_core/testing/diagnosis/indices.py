"""Hypotheses on inputs that are indices or masks: where they point, the gradient is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .facts import Facts, close_entries, fits
from .places import how_wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def indexed(facts: Facts) -> Iterator[str]:
    """Wrong where an index points or repeats, or where a mask is set."""
    bad = ~close_entries(facts.mine, facts.true)
    for name, array in facts.discrete.items():
        if array.dtype.kind == "b" and array.shape == bad.shape:
            yield from _masked(facts, bad, name, array)
        elif array.dtype.kind in "iu" and bad.any():
            yield from _at_index(facts, bad, name, array)
            yield from _repeated(bad, array)
            yield from _pointed(facts, bad, name, array)


def _masked(facts: Facts, bad: NDArray[Any], name: str, mask: NDArray[Any]) -> Iterator[str]:
    for kept in (mask, ~mask):
        lost, found = facts.true * ~kept, facts.mine * kept
        if not kept.all() and kept.any() and fits(lost, 0 * lost) and fits(found, 0 * found):
            yield "the mask is inverted: the gradient goes where there must be none"
    for told, place in (("true", mask), ("false", ~mask)):
        if np.array_equal(bad, place) and facts.true.any(where=~place):
            yield f"wrong only where {name} is {told}" + how_wrong(facts, bad)


def _at_index(facts: Facts, bad: NDArray[Any], name: str, array: NDArray[Any]) -> Iterator[str]:
    """One index in each row, as of labels."""
    for axis in range(bad.ndim if array.ndim == bad.ndim - 1 else 0):
        chosen = np.expand_dims(array, axis) == np.arange(bad.shape[axis]).reshape(
            [-1 if a == axis else 1 for a in range(bad.ndim)]
        )
        if chosen.shape != bad.shape or not facts.mine.any(where=~chosen):
            continue  # where all else is zero, nothing else could be wrong
        if chosen.any() and np.array_equal(bad, chosen):
            yield f"wrong only at the index {name} along axis {axis}" + how_wrong(facts, bad)


def _repeated(bad: NDArray[Any], array: NDArray[Any]) -> Iterator[str]:
    for axis, size in enumerate(bad.shape):
        counts = np.bincount(array.ravel() % max(size, 1), minlength=size)
        wrong = bad.any(axis=tuple(k for k in range(bad.ndim) if k != axis))
        if len(counts) == size and (counts > 1).any() and not (wrong & (counts < 2)).any():
            yield f"wrong only where the index repeats (axis {axis}): overwritten, not added up"


def _pointed(facts: Facts, bad: NDArray[Any], name: str, array: NDArray[Any]) -> Iterator[str]:
    """Whole rows to which an index points, as of a scatter."""
    for axis, size in enumerate(bad.shape if array.ndim == 1 else ()):
        rows = np.isin(np.indices(bad.shape)[axis], array % max(size, 1))
        how = how_wrong(facts, bad)
        if how and not rows.all() and facts.mine.any(where=~rows) and np.array_equal(bad, rows):
            yield f"wrong only where the index {name} points to, along axis {axis}{how}"
