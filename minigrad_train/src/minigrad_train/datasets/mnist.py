"""The MNIST digits, from the package, a folder of IDX files, or the classic pickle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DatasetError
from .examples import PIXELS, SIDE, Examples, Splits, checked
from .idx import read_content, read_idx
from .pickled import read_pickle

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

PACKAGED = Path(__file__).with_name("mnist_idx")


def mnist(path: str | os.PathLike[str] | None = None) -> Splits:
    """Return MNIST as 50,000 training, 10,000 validation and 10,000 test examples.

    Parameters
    ----------
    path : path, optional
        A folder with the four IDX files under their original names (`train-images-idx3-ubyte`, ..., with or
        without `.gz`), or the classic `mnist.pkl.gz` (or its uncompressed form). Default: the copy that ships
        with this package. Any set in the same form will do, such as Fashion-MNIST.

    Returns
    -------
    Splits
        Each split has `images`, float32 (n, 784) in [0, 1], and `labels`, int64 (n,) in [0, 10). From IDX
        files the last sixth of the training file is the validation split, as in the classic pickle.

    Raises
    ------
    DatasetError
        A file is missing, damaged, or not what its name promises; the message names it.

    Examples
    --------
    >>> train, validation, test = mnist()
    >>> train.images.shape, validation.labels.shape, len(test.labels)
    ((50000, 784), (10000,), 10000)
    """
    source = PACKAGED if path is None else Path(path)
    if source.is_dir():
        return _from_folder(source)
    if source.exists():
        return _from_pickle(source)
    raise DatasetError(f"{source}: no such file or folder; expected a folder of IDX files or mnist.pkl.gz")


def read_images(path: Path) -> NDArray[np.float32]:
    """Return the images of an IDX file as float32 (n, 784) in [0, 1].

    Raises
    ------
    DatasetError
        The file is damaged, or its images are not 28 x 28.
    """
    pixels = read_idx(path, axes=3)
    if pixels.shape[1:] != (SIDE, SIDE):
        raise DatasetError(
            f"{path}: expected images of {SIDE} x {SIDE}, got {pixels.shape[1]} x {pixels.shape[2]}"
        )
    return np.divide(pixels.reshape(len(pixels), PIXELS), 255, dtype=np.float32)


def _from_folder(folder: Path) -> Splits:
    train = _from_pair(folder, "train")
    held_out = len(train.labels) // 6
    if held_out == 0:
        raise DatasetError(f"{folder}: {len(train.labels)} training examples are too few to hold a sixth out")
    cut = len(train.labels) - held_out
    return Splits(
        Examples(train.images[:cut], train.labels[:cut]),
        Examples(train.images[cut:], train.labels[cut:]),
        _from_pair(folder, "t10k"),
    )


def _from_pair(folder: Path, prefix: str) -> Examples:
    images = read_images(_existing(folder, f"{prefix}-images-idx3-ubyte"))
    labels_path = _existing(folder, f"{prefix}-labels-idx1-ubyte")
    return checked(images, read_idx(labels_path, axes=1), str(labels_path))


def _existing(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            return path
    raise DatasetError(f"{folder}: neither {name} nor {name}.gz is in this folder")


def _from_pickle(path: Path) -> Splits:
    splits = read_pickle(read_content(path), path)
    match splits:
        case ((x, y), (vx, vy), (tx, ty)) if all(isinstance(a, np.ndarray) for pair in splits for a in pair):
            return Splits(
                checked(x, y, f"{path}, training split"),
                checked(vx, vy, f"{path}, validation split"),
                checked(tx, ty, f"{path}, test split"),
            )
    raise DatasetError(f"{path}: expected three pairs of arrays: training, validation, test")
