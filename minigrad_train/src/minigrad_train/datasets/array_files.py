"""Read datasets from an `.npz` file, or from a folder of `.npy` files, one for each array.

An array in an `.npz` file is read by its header and not by `numpy.load`: a small archive may promise and
unpack any number of bytes, and an entry may be a pickle.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError
from ..regular_file import open_regular
from .examples import Examples, Task
from .file_content import LARGEST
from .mapped_images import expect_random_access
from .named_arrays import KNOWN, from_arrays

ZIP_MAGIC = b"PK\x03\x04"


def read_npz(path: Path) -> tuple[dict[str, Examples], Task]:
    """Return the splits of an `.npz` file, "train" among them, and the task.

    Images are (n, height, width), (n, height, width, channels), (n, channels, height, width) or (n, pixels).
    Bytes are divided by 255. If the largest of other numbers is above 1, they are divided by it, and the task
    has it as `white`. The array `classes` holds the names of the classes; without it, their numbers are the
    names.

    Raises
    ------
    DatasetError
        The file is damaged, has no arrays of the usual names, or the arrays do not fit together.
    """
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy warns of headers written by Python 2
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            known = {name: info for name, info in members.items() if name in KNOWN}
            promised = sum(info.file_size for info in known.values())
            if promised > LARGEST:
                raise DatasetError(
                    f"{path}: it promises {promised:,} bytes, more than the {LARGEST:,} that are read"
                )
            arrays = {name: _read_member(archive, info, path) for name, info in known.items()}
    except DatasetError:
        raise
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from error
    except (
        Exception
    ) as error:  # a damaged archive may raise anything: BadZipFile, zlib.error, SyntaxError, ...
        raise DatasetError(f"{path}: not a readable .npz file ({type(error).__name__})") from error
    return from_arrays(arrays, str(path), [name for name in members if name not in KNOWN])


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> NDArray[Any]:
    """Return the array of numbers or texts in a member of an archive."""
    # LZMA allocates as much memory as the file says.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile
    content = io.BytesIO(archive.read(info))
    version = np.lib.format.read_magic(content)
    read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, fortran, dtype = read_header[version](content)
    raw = content.getbuffer()[content.tell() :]
    if dtype.kind not in "biufU":
        kind = {"O": "pickled objects", "c": "complex numbers"}.get(dtype.kind, str(dtype))
        raise DatasetError(f"{path}: expected real numbers (or names) in {info.filename}, got {kind}")
    if min(shape, default=0) < 0 or prod(shape) * dtype.itemsize != len(raw):
        raise zipfile.BadZipFile
    return np.frombuffer(raw, dtype).reshape(shape, order="F" if fortran else "C")


def is_npy_folder(folder: Path) -> bool:
    """Return whether a folder has an `.npy` file of a known name, such as `x_train.npy`."""
    return any((folder / f"{name}.npy").exists() for name in KNOWN)


def read_npy_folder(folder: Path, *, mapped: bool = False) -> tuple[dict[str, Examples], Task]:
    """Return the splits of a folder of `.npy` files and the task; the arrays are those of `read_npz`.

    Images stay in their files if `mapped` is true or if they have more than `LARGEST` bytes.

    Raises
    ------
    DatasetError
        A file is damaged or holds no numbers, or the arrays do not fit together.
    """
    paths = {name: folder / f"{name}.npy" for name in KNOWN}
    arrays = {name: _read_npy(path, mapped=mapped) for name, path in paths.items() if path.exists()}
    others = sorted({path.stem for path in folder.glob("*.npy")} - KNOWN)
    return from_arrays(arrays, str(folder), others)


def _read_npy(path: Path, *, mapped: bool) -> NDArray[Any]:
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
    if not images or (not mapped and array.nbytes <= LARGEST):
        return np.array(array)
    if isinstance(array, np.memmap):  # an empty array is not mapped
        expect_random_access(array)
    return array
