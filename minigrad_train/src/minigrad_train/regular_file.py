"""Opening what is a file, and nothing that only looks like one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading.

    Raises
    ------
    OSError
        It cannot be opened, or is a folder, a pipe or a device: one waits for a writer, another never ends.
    """
    if stat.S_ISREG(path.stat().st_mode):
        return path.open("rb")
    number = errno.EISDIR if path.is_dir() else errno.EINVAL
    raise OSError(number, os.strerror(number) if path.is_dir() else "it is no regular file", str(path))
