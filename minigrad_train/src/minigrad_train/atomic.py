"""Files that are either the old ones or the new ones, whatever happens while they are written."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace the file at `path` by `content` in one step; its folder is made if it is not there.

    The content goes to a file beside it, which takes over the name once it is complete. `kill -9` and a full
    disk leave what was there before, and at worst a `.partial` file that the next write removes. So does the
    loss of power if the write is `durable`: it waits for the disk, some 25 ms.
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
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
