"""A folder of `.npy` files, one for each array of an `.npz` file: `x_train.npy`, `y_train.npy`, ..."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError
from ..regular_file import open_regular
from .file_content import LARGEST
from .named_arrays import KNOWN, from_arrays

if TYPE_CHECKING:
    from .examples import Examples, Task


def is_npy_folder(folder: Path) -> bool:
    """Return whether a folder has a file of a known name."""
    return any((folder / f"{name}.npy").exists() for name in KNOWN)


def read_npy_folder(folder: Path, *, mapped: bool = False) -> tuple[dict[str, Examples], Task]:
    """Return the splits that a folder has, and what they are of; as `read_npz` does.

    With `mapped`, and if they are larger than what is read of a file, images stay in their files.

    Raises
    ------
    DatasetError
        A file is damaged or holds no numbers, or they do not fit together.
    """
    paths = {name: folder / f"{name}.npy" for name in KNOWN}
    arrays = {name: _read_array(path, mapped=mapped) for name, path in paths.items() if path.exists()}
    others = sorted({path.stem for path in folder.glob("*.npy")} - KNOWN)
    return from_arrays(arrays, str(folder), others)


def _read_array(path: Path, *, mapped: bool) -> NDArray[Any]:
    try:
        open_regular(path).close()
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror or error}") from error
    except Exception as error:  # a damaged header may raise anything
        raise DatasetError(f"{path}: not a readable .npy file ({type(error).__name__})") from error
    if array.dtype.kind not in "biufU":
        raise DatasetError(f"{path}: expected real numbers (or names), got {array.dtype}")
    images = array.ndim > 1 and array.dtype.kind != "U"
    return array if images and (mapped or array.nbytes > LARGEST) else np.array(array)
