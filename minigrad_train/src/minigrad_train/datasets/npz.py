"""Sets in one `.npz` file: NumPy's arrays in a zip archive, under the names that such files usually have.

Each array is read by its header, without `numpy.load`: a small archive may promise, and unpack to, as much as
it likes, and what is said to be an array may be a pickle.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from math import prod
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

ZIP_MAGIC = b"PK\x03\x04"


def read_npz(path: Path) -> tuple[dict[str, Examples], Task]:
    """Return the splits that a file has, "train" among them, and what they are of.

    Images are (n, height, width), (n, height, width, channels), (n, channels, height, width) or (n, pixels);
    bytes are divided by 255, other numbers by the largest in the file, if it is above 1; the task says so, as
    its `white`. The classes have the names in an array `classes`, if there is one, else their numbers.

    Raises
    ------
    DatasetError
        The file is damaged, holds no arrays of the usual names, or they do not fit together.
    """
    arrays, others = _read_arrays(path)
    return from_arrays(arrays, str(path), others)


def _read_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], list[str]]:
    """Return the arrays of the known names, and the other names."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what NumPy says about headers of Python 2
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            wanted = {name: info for name, info in members.items() if name in KNOWN}
            promised = sum(info.file_size for info in wanted.values())
            if promised > LARGEST:
                raise DatasetError(
                    f"{path}: it promises {promised:,} bytes, more than the {LARGEST:,} that are read"
                )
            arrays = {name: _read_array(archive, info, path) for name, info in wanted.items()}
            return arrays, [name for name in members if name not in KNOWN]
    except DatasetError:
        raise
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from error
    except (
        Exception
    ) as error:  # a damaged archive may raise anything: BadZipFile, zlib.error, SyntaxError, ...
        raise DatasetError(f"{path}: not a readable .npz file ({type(error).__name__})") from error


def _read_array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> NDArray[Any]:
    """Return an array of numbers or texts."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # LZMA allocates what it is told
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
