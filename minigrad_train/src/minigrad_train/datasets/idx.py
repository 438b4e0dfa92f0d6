"""Read the IDX format of the original MNIST files, plain or gzip-compressed.

A file is a magic number (two zero bytes, a type code, the number of axes), one big-endian 32-bit size per
axis, and the values in C order. MNIST and similar datasets contain only unsigned bytes (type code 8).
"""

from __future__ import annotations

import gzip
import struct
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError
from .examples import Examples, Task, check_examples, number_classes
from .file_content import LARGEST, open_content, read_content
from .mapped_images import expect_random_access, warn_of_small_bytes

UNSIGNED_BYTE = 0x08
NAMES = "classes.txt"


def read_idx(path: Path, axes: int, *, mapped: bool = False) -> NDArray[np.uint8]:
    """Return the array in an IDX file of unsigned bytes.

    Parameters
    ----------
    path : Path
        The file, plain or gzip-compressed.
    axes : int
        The number of axes: 1 for labels, 3 for images.
    mapped : bool
        Map the file into memory instead of reading it, if it is not compressed. A file of more than `LARGEST`
        bytes is mapped in any case.

    Raises
    ------
    DatasetError
        The file is missing, its compression is damaged, its magic number is wrong, or its size does not match
        its header. No more is unpacked than the header promises.
    """
    size = 4 + 4 * axes
    with open_content(path) as file:
        header = file.read(size)
        if len(header) < size:
            raise DatasetError(f"{path}: {len(header)} bytes are too few for an IDX header of {size}")
        shape = _read_shape(header, axes, path)
        promised = prod(shape)
        fact = f"{path}: the header promises {' x '.join(map(str, shape))} = {promised} bytes"
        if promised and (mapped or promised > LARGEST) and not isinstance(file, gzip.GzipFile):
            return _map_file(path, size, shape, fact)
        if promised > LARGEST:
            raise DatasetError(f"{fact}, more than the limit of {LARGEST:,} for a file")
        content = file.read(promised + 1)  # one byte more, to see whether the file is longer than promised
    _check_size(len(content), promised, fact)
    return np.frombuffer(content, np.uint8).reshape(shape)


def _map_file(path: Path, offset: int, shape: list[int], fact: str) -> NDArray[np.uint8]:
    _check_size(path.stat().st_size - offset, prod(shape), fact)
    values = np.memmap(path, np.uint8, "r", offset, tuple(shape))
    expect_random_access(values)
    return values


def _check_size(size: int, promised: int, fact: str) -> None:
    if size != promised:
        fact = f"{fact}, the file holds {'more' if size > promised else size}"
        raise DatasetError(f"{fact}; it is incomplete or not the original")


def _read_shape(header: bytes, axes: int, path: Path) -> list[int]:
    expected = UNSIGNED_BYTE << 8 | axes
    magic, *shape = struct.unpack(f">{1 + axes}I", header)
    if magic != expected:
        raise DatasetError(
            f"{path}: expected the magic number {expected:#010x} "
            f"(IDX, unsigned bytes, {axes} axes), got {magic:#010x}"
        )
    return shape


def read_images(path: Path, *, mapped: bool = False) -> NDArray[np.uint8]:
    """Return the images of an IDX file, (n, height, width).

    Raises
    ------
    DatasetError
        The file cannot be read, see `read_idx`, or there are no images in it.
    """
    images = read_idx(path, axes=3, mapped=mapped)
    if images.size == 0:
        raise DatasetError(f"{path}: no images in it")
    return images


def is_idx_folder(folder: Path) -> bool:
    """Return whether a folder has one of the four files of a dataset like MNIST."""
    return any(folder.glob("t*-*-idx?-ubyte*"))


def read_idx_folder(
    folder: Path, task: Task | None = None, *, mapped: bool = False
) -> tuple[Examples, Examples, Task]:
    """Return the training and the test examples of the four files of a dataset like MNIST, and the task.

    Parameters
    ----------
    folder : Path
    task : Task, optional
        The expected task. Default: the task of the files, whose classes have the names in `classes.txt`, one
        per line, or their numbers without such a file.
    mapped : bool
        Leave images in files that are not compressed.

    Raises
    ------
    DatasetError
        A file is missing or damaged, or the files do not fit together.
    """
    pairs = [_read_pair(folder, prefix, mapped=mapped) for prefix in ("train", "t10k")]
    warn_of_small_bytes(pairs[0][0], str(folder))
    if task is None:
        images, labels, source = pairs[0]
        task = Task.of(
            str(folder), (1, *images.shape[1:]), _read_names(folder) or number_classes(labels, source)
        )
    for images, _, source in pairs:
        if images.shape[1:] != task.shape[1:]:
            expected, got = (" x ".join(map(str, shape[1:])) for shape in (task.shape, images.shape))
            raise DatasetError(f"{source}: expected images of {expected}, got {got}")
    train, test = (check_examples(x, y, task, source) for x, y, source in pairs)
    return train, test, task


def _read_pair(
    folder: Path, prefix: str, *, mapped: bool
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], str]:
    images = read_images(find_file(folder, f"{prefix}-images-idx3-ubyte"), mapped=mapped)
    path = find_file(folder, f"{prefix}-labels-idx1-ubyte")
    return images, read_idx(path, axes=1), str(path)


def find_file(folder: Path, name: str) -> Path:
    """Return the path of a file, plain or gzip-compressed; raise DatasetError if neither exists."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            return path
    raise DatasetError(f"{folder}: neither {name} nor {name}.gz is in this folder")


def _read_names(folder: Path) -> tuple[str, ...] | None:
    path = folder / NAMES
    if not path.exists():
        return None
    text = read_content(path, largest=2**20).decode("utf-8", errors="replace")
    return tuple(line.strip() for line in text.splitlines() if line.strip())
