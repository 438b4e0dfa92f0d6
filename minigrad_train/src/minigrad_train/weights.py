"""Named arrays and a description of them in one safetensors file, written atomically."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from .atomic import write_atomically
from .errors import SavedRunError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

KEY = "minigrad"  # safetensors keeps one string per key: ours holds everything, as JSON


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], description: Mapping[str, Any]) -> None:
    """Write the arrays under their names, with a description that JSON can hold."""
    from safetensors.numpy import save

    contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    write_atomically(path, save(contiguous, {KEY: json.dumps(description)}))


def load_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays and the description of a file that `save_arrays` wrote.

    Raises
    ------
    SavedRunError
        The file is missing, damaged, or was written by something else.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            description = (file.metadata() or {}).get(KEY)
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    except (OSError, SafetensorError) as error:
        raise SavedRunError(f"{path}: no readable safetensors file ({error})") from error
    if description is None:
        raise SavedRunError(f"{path}: it holds no description of its model; minigrad did not write it")
    return arrays, json.loads(description)
