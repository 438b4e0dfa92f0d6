"""Read the JSON files in the folder of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .datasets.file_content import read_content
from .errors import SavedRunError

LARGEST = 2**26  # bytes of a text file


def read_objects(path: Path, *, lines: bool = False) -> list[dict[str, Any]]:
    """Return the object in a file, in a list; or the object in each line of the file.

    Raises
    ------
    DatasetError, SavedRunError
        The file is missing or damaged.
    """
    content = read_content(path, largest=LARGEST)
    try:
        values = [json.loads(part) for part in (content.splitlines() if lines else [content])]
    except (ValueError, RecursionError) as error:
        raise SavedRunError(f"{path}: it is not JSON") from error
    if not all(isinstance(value, dict) for value in values):
        raise SavedRunError(f"{path}: expected JSON objects")
    return values
