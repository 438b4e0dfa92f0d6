"""Checksums of the examples of a run, to notice that the data have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias
from zlib import crc32

import numpy as np

from ..errors import SavedRunError
from .examples import Dataset, Splits, Task
from .mapped_images import MappedImages

Fingerprint: TypeAlias = "Mapping[str, list[int]]"
MOST_PIXELS_CHECKED = 2**24  # in a split; of a larger split, images at equal distances are checked
ZEROS = bytes(2**20)


class Gatherer(Protocol):
    """One of several processes with the same examples, such as `distributed.ranks.Ranks`."""

    @property
    def rank(self) -> int:
        """The number of this process, from 0."""
        ...

    @property
    def size(self) -> int:
        """The number of processes."""
        ...

    def gather(self, value: Any) -> list[Any]:
        """Return the values of all processes."""
        ...


def fingerprint(splits: Splits, ranks: Gatherer | None = None) -> Fingerprint:
    """Return the number of examples of each split, and checksums of its pixels and its labels.

    The checksums do not depend on whether images are mapped. If images are mapped, the function reads only
    the images that it checks, and each rank reads a part of these.
    """
    return {
        name: _fingerprint_split(part.images, part.labels, ranks) for name, part in splits._asdict().items()
    }


def _fingerprint_split(images: Any, labels: Any, ranks: Gatherer | None) -> list[int]:
    count, pixels = images.shape
    step = -(-count * pixels // MOST_PIXELS_CHECKED)
    if ranks is not None and all(ranks.gather(isinstance(images, MappedImages))):
        own = np.array_split(np.arange(0, count, step), ranks.size)[ranks.rank]
        checksum = _join_checksums(ranks.gather(_compute_checksum(images[own]) if len(own) else (0, 0)))
    else:
        checksum, _ = _compute_checksum(images[::step])
    return [count, checksum, crc32(np.ascontiguousarray(labels).data)]


def _compute_checksum(images: Any) -> tuple[int, int]:
    """Return the checksum of images as float32, and the number of their bytes."""
    values = np.ascontiguousarray(images, np.float32)
    return crc32(values.data), values.nbytes


def _join_checksums(parts: Sequence[tuple[int, int]]) -> int:
    """Return the checksum of bytes from those of their parts, each with the number of its bytes.

    crc(a + b) = crc(a + zeros) ^ crc(zeros) ^ crc(b), with as many zeros as b has bytes: the CRC is an affine
    function of the bits.

    Examples
    --------
    >>> _join_checksums([(crc32(b"mini"), 4), (crc32(b"grad"), 4)]) == crc32(b"minigrad")
    True
    """
    (joined, _), *others = parts
    for checksum, size in others:
        zeros = 0
        for start in range(0, size, len(ZEROS)):
            block = ZEROS[: size - start]
            joined, zeros = crc32(block, joined), crc32(block, zeros)
        joined ^= zeros ^ checksum
    return joined


def read_fingerprint(value: Any, source: str) -> Fingerprint | None:
    """Return the fingerprint in a file, or None for an older file; raise SavedRunError for other values."""
    fits = isinstance(value, dict) and value.keys() == {*Splits._fields}
    if value is None or (fits and all(map(_is_split_fingerprint, value.values()))):
        return value
    raise SavedRunError(f"{source}: it does not say which examples it was trained on")


def _is_split_fingerprint(value: Any) -> bool:
    return isinstance(value, list) and [*map(type, value)] == [int] * 3


def check_same_data(
    path: Path, task: Task, before: Fingerprint | None, data: Dataset, ranks: Gatherer | None = None
) -> None:
    """Raise if the data are not those that a run was trained on.

    Raises
    ------
    SavedRunError
        The shape or scale of the images, the classes, or the examples have changed.
    """
    if (data.task.shape, data.task.classes, data.task.white) != (task.shape, task.classes, task.white):
        raise SavedRunError(f"{path}: it was trained on {task}; the data are now {data.task}")
    if before is not None and (fact := describe_change(before, fingerprint(data.splits, ranks))):
        raise SavedRunError(
            f"{path}: the data have changed since it was trained: {fact}; bring back those that it was "
            "trained on, or train again"
        )
    if data.task != task:
        raise SavedRunError(f"{path}: the columns of the data have changed since it was trained; train again")


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
