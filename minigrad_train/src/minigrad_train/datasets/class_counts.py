"""Count the examples of each class in each split, and describe what is unusual in the counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from .examples import Splits, Task

Counts: TypeAlias = "Mapping[str, Mapping[str, int]]"  # split -> class -> number of examples

DOMINANT = 3  # times the mean of the other classes, and more than half of all examples
MOST_NAMES = 10  # in a warning


def count_classes(splits: Splits, task: Task) -> Counts:
    """Return the number of examples of each class in each split, by their names; {} in a regression.

    Examples
    --------
    >>> from minigrad_train import datasets
    >>> splits, task = datasets.load()
    >>> count_classes(splits, task)["test"]["7"]
    1028
    """
    if task.is_regression:
        return {}
    counts = {
        name: np.bincount(split.labels, minlength=len(task.classes)).tolist()
        for name, split in splits._asdict().items()
    }
    return {name: dict(zip(task.classes, numbers, strict=True)) for name, numbers in counts.items()}


def find_dominant(counts: Mapping[str, int]) -> str | None:
    """Return the class that has more than half of the examples and thrice the mean of the others, or None.

    Examples
    --------
    >>> find_dominant({"ill": 5, "healthy": 95})
    'healthy'
    >>> find_dominant({"rose": 40, "daisy": 60})
    """
    name = max(counts, key=counts.__getitem__)
    others = sum(counts.values()) - counts[name]
    dominant = counts[name] > others and counts[name] >= DOMINANT * others / (len(counts) - 1)
    return name if dominant else None


def describe_oddities(counts: Counts) -> Iterator[str]:
    """Yield a sentence about classes without examples, with a single one, and about a dominant class."""
    if not counts:
        return
    train = counts["train"]
    total = sum(train.values())
    absent = [name for name, count in train.items() if count == 0]
    if len(absent) == len(train) - 1:
        yield f"all training examples are of one class, {max(train, key=train.__getitem__)!r}"
    elif 2 * len(absent) > len(train) and list(train) == [*map(str, range(len(train)))]:
        present = len(train) - len(absent)
        yield (
            f"the labels have gaps: {present:,} numbers from 0 to {len(train) - 1:,} make {len(train):,} "
            "outputs; number the classes without gaps: names, labels = np.unique(labels, "
            "return_inverse=True), and save names as classes"
        )
    elif absent:
        yield f"no training example of {_list_names(absent)}: such a class is never learned"
    if single := [name for name, count in train.items() if count == 1]:
        yield f"a single training example of {_list_names(single)}"
    if (name := find_dominant(train)) is not None and train[name] < total:
        yield (
            f"{train[name] / total:.1%} of the training examples are {name!r}: a network that always says so "
            "has this accuracy; look at the balanced accuracy, and try --class-weights balanced"
        )


def _list_names(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:MOST_NAMES]))
    return shown + (f" and {len(names) - MOST_NAMES:,} other classes" if len(names) > MOST_NAMES else "")
