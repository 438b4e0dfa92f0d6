"""Checksums of the examples of a run, to notice that the data have changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np

from ..errors import SavedRunError
from .examples import Dataset, Splits, Task

Fingerprint: TypeAlias = "Mapping[str, list[int]]"
MOST_PIXELS_CHECKED = 2**24  # in a split; of a larger split, images at equal distances are checked


def fingerprint(splits: Splits) -> Fingerprint:
    """Return the number of examples of each split, and checksums of its pixels and its labels.

    The checksums do not depend on whether images are mapped. Of mapped images only the checked ones are read.
    """
    return {name: _fingerprint_split(*examples) for name, examples in splits._asdict().items()}


def _fingerprint_split(images: Any, labels: Any) -> list[int]:
    count, pixels = images.shape
    checked = images[:: -(-count * pixels // MOST_PIXELS_CHECKED)]
    return [
        count,
        crc32(np.ascontiguousarray(checked, np.float32).data),
        crc32(np.ascontiguousarray(labels).data),
    ]


def read_fingerprint(value: Any, source: str) -> Fingerprint | None:
    """Return the fingerprint in a file, or None for an older file; raise SavedRunError for other values."""
    fits = isinstance(value, dict) and value.keys() == {*Splits._fields}
    if value is None or (fits and all(map(_is_split_fingerprint, value.values()))):
        return value
    raise SavedRunError(f"{source}: it does not say which examples it was trained on")


def _is_split_fingerprint(value: Any) -> bool:
    return isinstance(value, list) and [*map(type, value)] == [int] * 3


def check_same_data(path: Path, task: Task, before: Fingerprint | None, data: Dataset) -> None:
    """Raise if the data are not those that a run was trained on.

    Raises
    ------
    SavedRunError
        The shape or scale of the images, the classes, or the examples have changed.
    """
    if data.task != task:
        raise SavedRunError(f"{path}: it was trained on {task}; the data are now {data.task}")
    if before is not None and (fact := describe_change(before, fingerprint(data.splits))):
        raise SavedRunError(
            f"{path}: the data have changed since it was trained: {fact}; bring back those that it was "
            "trained on, or train anew"
        )


def describe_change(before: Fingerprint, now: Fingerprint) -> str | None:
    """Return a description of the difference of two fingerprints, or None if they are equal.

    Examples
    --------
    >>> describe_change({"train": [9, 1, 2]}, {"train": [8, 3, 4]})
    '9 train examples are now 8'
    >>> describe_change({"test": [9, 1, 2]}, {"test": [9, 3, 2]})
    'the pixels of the test examples differ'
    """
    for name, (count, *checksums) in now.items():
        old_count, *old_checksums = before[name]
        if count != old_count:
            return f"{old_count:,} {name} examples are now {count:,}"
        for part, old, new in zip(("pixels", "labels"), old_checksums, checksums, strict=True):
            if old != new:
                return f"the {part} of the {name} examples differ"
    return None
