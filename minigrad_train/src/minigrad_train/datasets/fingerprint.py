"""What is kept of the examples of a run, to notice that they have changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from zlib import crc32

import numpy as np

from ..errors import SavedRunError
from .examples import Splits

if TYPE_CHECKING:
    from .examples import Dataset, Task

Fingerprint: TypeAlias = "Mapping[str, list[int]]"
MOST_PIXELS_CHECKED = (
    2**24
)  # pixels of a split: all of a small set; of a larger one, images at equal distances


def fingerprint(splits: Splits) -> Fingerprint:
    """Return how many examples each split has, and checksums of its pixels and its labels.

    Images that are mapped have the same ones as in memory, and few of them are read.
    """
    return {name: _of_split(*examples) for name, examples in splits._asdict().items()}


def _of_split(images: Any, labels: Any) -> list[int]:
    count, pixels = images.shape
    chosen = images[:: -(-count * pixels // MOST_PIXELS_CHECKED)]
    return [
        count,
        crc32(np.ascontiguousarray(chosen, np.float32).data),
        crc32(np.ascontiguousarray(labels).data),
    ]


def read_fingerprint(value: Any, source: str) -> Fingerprint | None:
    """Return one that a file holds; older files have none.

    Raises
    ------
    SavedRunError
        It is something else.
    """
    fits = isinstance(value, dict) and value.keys() == {*Splits._fields}
    if value is None or (fits and all(map(_is_of_split, value.values()))):
        return value
    raise SavedRunError(f"{source}: it does not say which examples it was trained on")


def _is_of_split(value: Any) -> bool:
    return isinstance(value, list) and [*map(type, value)] == [int] * 3


def check_same_data(path: Path, task: Task, before: Fingerprint | None, data: Dataset) -> None:
    """Raise unless the data are those that a run was trained on.

    Raises
    ------
    SavedRunError
        Images of another shape or scale, other classes, or other examples.
    """
    if data.task != task:
        raise SavedRunError(f"{path}: it was trained on {task}; the data are now {data.task}")
    if before is not None and (fact := change(before, fingerprint(data.splits))):
        raise SavedRunError(
            f"{path}: the data have changed since it was trained: {fact}; bring back those that it was "
            "trained on, or train anew"
        )


def change(before: Fingerprint, now: Fingerprint) -> str | None:
    """Return what has changed between two fingerprints, in words; None if nothing has.

    Examples
    --------
    >>> change({"train": [9, 1, 2]}, {"train": [8, 3, 4]}), change({"test": [9, 1, 2]}, {"test": [9, 3, 2]})
    ('9 train examples are now 8', 'the pixels of the test examples are others')
    """
    for name, (count, *checksums) in now.items():
        held, *kept = before[name]
        if count != held:
            return f"{held:,} {name} examples are now {count:,}"
        for part, one, other in zip(("pixels", "labels"), kept, checksums, strict=True):
            if one != other:
                return f"the {part} of the {name} examples are others"
    return None
