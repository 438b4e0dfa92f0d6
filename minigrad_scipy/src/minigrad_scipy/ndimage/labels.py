"""Sums, means and variances of the pixels with a label."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..composites import Composite
from .windows import selection


def _find_groups(shape: tuple[int, ...], labels: Any, index: Any) -> tuple[Any, Any]:
    """Return the group of each pixel, -1 for none, and the group of each entry of `index`."""
    if labels is None:
        return np.zeros(shape, int), np.zeros((), int)
    labels = np.broadcast_to(labels, shape)
    if index is None:
        return np.where(labels > 0, 0, -1), np.zeros((), int)
    known, entries = np.unique(index, return_inverse=True)
    return _look_up(labels, known), entries.reshape(np.shape(index))


def _look_up(labels: Any, known: Any) -> Any:
    """Return the position of each label among the sorted labels `known`, or -1."""
    whole = labels.dtype.kind in "iu" and known.dtype.kind in "iu" and labels.size > 0
    if whole and labels.min() >= 0 and labels.max() <= labels.size:
        table = np.full(labels.max() + 1, -1)  # ten times faster than a binary search
        present = np.flatnonzero((known >= 0) & (known < len(table)))
        table[known[present]] = present
        return table[labels]
    places = np.minimum(np.searchsorted(known, labels), len(known) - 1)
    return np.where(known[places] == labels, places, -1)


class Groups:
    """The pixels of each label, to sum over."""

    def __init__(self, shape: tuple[int, ...], labels: Any, index: Any) -> None:
        self.groups, self.entries = _find_groups(shape, labels, index)
        self.counts = np.bincount(
            self.groups[self.groups >= 0], minlength=int(self.entries.max(initial=0)) + 1
        )

    def sum(self, x: Any) -> Any:
        """Return the sum of x over each group."""
        return selection.transposed.evaluate(x, shape=self.counts.shape, positions=self.groups)

    def center(self, x: Any) -> Any:
        """Return x less the mean of its group."""
        means = self.sum(x) / np.maximum(self.counts, 1)
        return x - selection.evaluate(means, positions=self.groups)


def sum_groups(input: Any, groups: Groups) -> Any:
    """The sum of the pixels with each label of `index`, all labels above 0, or all pixels."""
    return groups.sum(input)[groups.entries]


def average_groups(input: Any, groups: Groups) -> Any:
    """The mean of the pixels with each label of `index`, all labels above 0, or all pixels."""
    return (groups.sum(input) / groups.counts)[groups.entries]


def measure_variance(input: Any, groups: Groups) -> Any:
    """The variance of the pixels with each label of `index`, all labels above 0, or all pixels."""
    return (groups.sum(groups.center(input) ** 2) / groups.counts)[groups.entries]


def _measure(
    formula: Callable[[Any, Groups], Any], input: Any, *, labels: Any = None, index: Any = None
) -> Any:
    return formula(input, Groups(input.shape, labels, index))


class Measurement(Composite):
    """A number for each label; labels: integers, of the shape of the image; index: one label or an array."""

    def __init__(self, path: str, formula: Callable[[Any, Groups], Any], *, name: str = "") -> None:
        labels = np.array([[1, 2, 2, 3], [0, 1, 3, 3], [2, 2, 1, 0]])
        cases = (
            Case(input=real("n")),
            Case(input=real("3 4"), labels=labels),
            Case(input=real("3 4"), labels=labels, index=2),
            Case(input=real("3 4"), labels=labels, index=np.array([3, 1, 3])),
        )
        super().__init__(path, partial(_measure, formula), cases, name=name, real=True)
        self.__doc__ = formula.__doc__


OPERATIONS: tuple[Operation, ...] = (
    Measurement("ndimage.sum", sum_groups, name="ndimage_sum"),
    Measurement("ndimage.sum_labels", sum_groups),
    Measurement("ndimage.mean", average_groups, name="ndimage_mean"),
    Measurement("ndimage.variance", measure_variance, name="ndimage_variance"),
)
