"""Open regular files only: to read from a pipe waits for a writer, and a device may never end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading in binary mode.

    Raises
    ------
    OSError
        The file cannot be opened, or it is a folder, a pipe or a device.
    """
    if stat.S_ISREG(path.stat().st_mode):
        return path.open("rb")
    number = errno.EISDIR if path.is_dir() else errno.EINVAL
    raise OSError(number, os.strerror(number) if path.is_dir() else "it is not a regular file", str(path))
