"""Read plain or gzip-compressed files that are not trusted, without unpacking more than is needed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from ..errors import DatasetError
from ..regular_file import open_regular

GZIP_MAGIC = b"\x1f\x8b"
LARGEST = 2**30  # bytes to unpack from one file; EMNIST, the largest dataset of this kind, has 0.6 of this


@contextmanager
def open_content(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading; decompress gzip only as far as the body reads.

    Raises
    ------
    DatasetError
        The file cannot be read, or its compression is damaged; also raised while the body reads.
    """
    try:
        with open_regular(path) as file:
            compressed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
            file.seek(0)
            yield cast("BinaryIO", gzip.GzipFile(fileobj=file)) if compressed else file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetError(
            f"{path}: the gzip data is damaged or ends early ({error}); copy it again"
        ) from error
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from error


def read_start(path: Path, count: int) -> bytes:
    """Return the first bytes of a file as they are; raise DatasetError if it cannot be read."""
    try:
        with open_regular(path) as file:
            return file.read(count)
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from error


def read_content(path: Path, largest: int = LARGEST) -> bytes:
    """Return the content of a file, decompressed.

    Raises
    ------
    DatasetError
        The content has more than `largest` bytes, cannot be read, or its compression is damaged.
    """
    with open_content(path) as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise DatasetError(f"{path}: it holds more than the {largest:,} bytes that are read of such a file")
    return content
