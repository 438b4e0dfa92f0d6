"""Save and load named arrays and a description in one safetensors file, with a checksum."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.atomic import write_atomically

from .errors import SavedRunError
from .regular_file import open_regular

# safetensors writes its metadata in any order. There is one key, so that equal runs have equal files.
KEY, CHECKSUM = "minigrad", "sha256"


def save_arrays(
    path: Path,
    arrays: Mapping[str, NDArray[Any]],
    description: Mapping[str, Any],
    *,
    durable: bool = True,
) -> None:
    """Write arrays by name and a description that JSON can hold, as `write_atomically` does."""
    from safetensors.numpy import save

    contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    metadata = {CHECKSUM: _compute_checksum(contiguous, description), **description}
    write_atomically(path, save(contiguous, {KEY: json.dumps(metadata)}), durable=durable)


def load_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays and the description of a file that `save_arrays` wrote.

    Raises
    ------
    SavedRunError
        The file is missing, one of its bits has changed, or another program wrote it.
    """
    text, arrays = _read(path)
    if text is None:
        raise SavedRunError(f"{path}: it holds no description of its model; minigrad did not write it")
    try:
        description = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SavedRunError(f"{path}: the description of its model is not JSON") from error
    if not isinstance(description, dict):
        raise SavedRunError(f"{path}: the description of its model is not a JSON object")
    if description.pop(CHECKSUM, None) != _compute_checksum(arrays, description):
        raise SavedRunError(f"{path}: it is damaged: the checksum of its content is not the saved one")
    return arrays, description


def _read(path: Path) -> tuple[str | None, dict[str, NDArray[Any]]]:
    from safetensors import safe_open

    try:
        open_regular(path).close()
        with safe_open(path, framework="np") as file:
            names = file.keys()
            return (file.metadata() or {}).get(KEY), {name: file.get_tensor(name) for name in names}
    except Exception as error:  # SafetensorError, OSError, TypeError for a dtype that NumPy lacks
        fact = getattr(error, "strerror", None) or error
        raise SavedRunError(f"{path}: no readable safetensors file ({str(fact)[:200]})") from error


def _compute_checksum(arrays: Mapping[str, NDArray[Any]], description: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the description, and of each array's name, type, shape and bytes."""
    digest = sha256(json.dumps(description).encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"\0{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
