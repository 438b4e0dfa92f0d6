"""Write a file so that a crash leaves either the old content or the new one."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace the file at `path` by `content` in one step; make its folder if necessary.

    The function writes to a `.partial` file in the same folder and renames it when it is complete. After
    `kill -9` or with a full disk, the old file is still there, and at worst a `.partial` file that the next
    write removes. With `durable`, the same holds after a loss of power: the write waits for the disk, about
    25 ms.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        partial.replace(path)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError):  # that of a full disk names no file
            error.filename = str(path)
        raise
