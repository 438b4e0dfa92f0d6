"""Sets in one `.npz` file: NumPy's arrays in a zip archive, under the names that such files usually have.

Each array is read by its header, without `numpy.load`: a small archive may promise, and unpack to, as much as
it likes, and what is said to be an array may be a pickle.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from math import isqrt, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DatasetError
from ..regular import open_regular
from .content import LARGEST
from .examples import Examples, Task, checked, numbered
from .mapped import image_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

ZIP_MAGIC = b"PK\x03\x04"
# Images and labels of each split, as Keras, MedMNIST, scikit-learn and others name them.
NAMES = {
    "train": "x_train y_train, X_train y_train, train_images train_labels, images labels, images target, "
    "data target, x y, X y",
    "validation": "x_val y_val, X_val y_val, val_images val_labels",
    "test": "x_test y_test, X_test y_test, test_images test_labels",
}
CLASSES = ("classes", "class_names", "target_names")
KNOWN = {*CLASSES, *" ".join(NAMES.values()).replace(",", "").split()}


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
    return from_arrays(_arrays(path), str(path))


def from_arrays(arrays: Mapping[str, NDArray[Any]], source: str) -> tuple[dict[str, Examples], Task]:
    """Return the same from arrays by name.

    Raises
    ------
    DatasetError
        There are none of the usual names, or they do not fit together.
    """
    pairs = {split: pair for split in NAMES if (pair := _pair(arrays, split)) is not None}
    if "train" not in pairs:
        raise DatasetError(
            f"{source}: expected arrays of the names {NAMES['train'].replace(', ', '; or ')}; "
            f"it holds {', '.join(arrays)[:200] or 'none'}"
        )
    images, labels = pairs["train"]
    largest = max(_largest(images, f"{source}, {split} split") for split, (images, _) in pairs.items())
    scale = max(1.0, largest)
    # Shares of white and bytes mean the same in every file; other numbers only beside those they came with.
    white = None if scale == 255 or (largest <= 1 and images.dtype.kind in "bf") else scale
    shape = _channels_first(images, source).shape[1:]
    task = Task(shape, _names(arrays) or numbered(labels, source), white)
    splits = {}
    for split, (images, labels) in pairs.items():
        rows = image_rows(_channels_first(images, source), scale)
        splits[split] = checked(rows, labels, task, f"{source}, {split} split")
    return splits, task


def _pair(arrays: Mapping[str, NDArray[Any]], split: str) -> tuple[NDArray[Any], NDArray[Any]] | None:
    for names in NAMES[split].split(", "):
        images, labels = map(arrays.get, names.split())
        if images is not None and labels is not None:
            return images, labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    return None


def _largest(images: NDArray[Any], source: str) -> float:
    """Return the largest number of images; of bytes, that they can have.

    Raises
    ------
    DatasetError
        They hold something else than finite numbers from 0 up.
    """
    if images.dtype == np.uint8:
        return 255.0
    if images.dtype.kind not in "biuf":
        raise DatasetError(f"{source}: expected images of numbers, got {images.dtype}")
    if images.size == 0:  # which is told of later
        return 0.0
    least, largest = float(images.min()), float(images.max())
    if least >= 0 and largest < np.inf:  # NaN is not
        return largest
    if np.isnan(least):
        count = sum(bool(np.isnan(image).any()) for image in images)
        raise DatasetError(f"{source}: {count} of {len(images)} images hold NaN; leave them out or mend them")
    fact = f"expected pixels from 0 up, got {images.dtype} from {least:g} to {largest:g}"
    raise DatasetError(f"{source}: {fact}; shift them so that black is 0")


def _names(arrays: Mapping[str, NDArray[Any]]) -> tuple[str, ...] | None:
    found = next((arrays[name] for name in CLASSES if name in arrays), None)
    return None if found is None else tuple(map(str, found.ravel()))


def _channels_first(images: NDArray[Any], source: str) -> NDArray[Any]:
    """Return images as (n, channels, height, width)."""
    count, *rest = images.shape
    match rest:
        case [_, _, (1 | 3)]:
            return np.moveaxis(images, 3, 1)
        case [(1 | 3), _, _]:
            return images
        case [height, width]:
            return images.reshape(count, 1, height, width)
        case [pixels] if pixels > 0:
            side = isqrt(pixels)
            return images.reshape(count, 1, *((side, side) if side * side == pixels else (1, pixels)))
    raise DatasetError(
        f"{source}: expected images of shape (n, height, width), (n, height, width, 1 or 3) or (n, pixels), "
        f"got {images.shape}"
    )


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of the known names."""
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
            return {name: _array(archive, info) for name, info in wanted.items()}
    except DatasetError:
        raise
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from error
    except (
        Exception
    ) as error:  # a damaged archive may raise anything: BadZipFile, zlib.error, SyntaxError, ...
        raise DatasetError(f"{path}: not a readable .npz file ({type(error).__name__})") from error


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[Any]:
    """Return an array of numbers or texts."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # LZMA allocates what it is told
        raise zipfile.BadZipFile
    content = io.BytesIO(archive.read(info))
    version = np.lib.format.read_magic(content)
    read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, fortran, dtype = read_header[version](content)
    raw = content.getbuffer()[content.tell() :]
    if dtype.kind not in "biufU" or min(shape, default=0) < 0 or prod(shape) * dtype.itemsize != len(raw):
        raise zipfile.BadZipFile
    return np.frombuffer(raw, dtype).reshape(shape, order="F" if fortran else "C")
