"""The IDX format of the original MNIST files, plain or gzip-compressed.

A file is a magic number (two zero bytes, a type code, the number of axes), one big-endian 32-bit size per
axis, and the values in C order. Only unsigned bytes (type code 8) occur in MNIST.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GZIP_MAGIC = b"\x1f\x8b"
UNSIGNED_BYTE = 0x08


def read_idx(path: Path, axes: int) -> NDArray[np.uint8]:
    """Return the array in an IDX file of unsigned bytes.

    Parameters
    ----------
    path : Path
        The file; compressed or not is seen from its content.
    axes : int
        How many axes it must have: 1 for labels, 3 for images.

    Raises
    ------
    DatasetError
        The file is missing, its compression is damaged, its magic number is another one, or its size does
        not match its header.
    """
    content = read_content(path)
    header = 4 + 4 * axes
    expected = UNSIGNED_BYTE << 8 | axes
    if len(content) < header:
        raise DatasetError(f"{path}: {len(content)} bytes are too few for an IDX header of {header}")
    magic, *shape = struct.unpack_from(f">{1 + axes}I", content)
    if magic != expected:
        raise DatasetError(
            f"{path}: expected the magic number {expected:#010x} "
            f"(IDX, unsigned bytes, {axes} axes), got {magic:#010x}"
        )
    if prod(shape) != len(content) - header:
        raise DatasetError(
            f"{path}: the header promises {' x '.join(map(str, shape))} = {prod(shape)} bytes, "
            f"the file holds {len(content) - header}; it is incomplete or not the original"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def read_content(path: Path) -> bytes:
    """Return the bytes of a file, decompressed if it is gzip.

    Raises
    ------
    DatasetError
        It cannot be read, or its compression is damaged.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from error
    if not content.startswith(GZIP_MAGIC):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetError(
            f"{path}: the gzip data is damaged or ends early ({error}); copy it again"
        ) from error
