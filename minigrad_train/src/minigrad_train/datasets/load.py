"""`load`: read a dataset of images with labels from a path or a plugin."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..errors import DatasetError
from ..plugin_errors import name_errors
from ..plugin_resources import find_resource, is_resource_name
from .array_files import ZIP_MAGIC, is_npy_folder, read_npy_folder, read_npz
from .class_counts import count_classes, describe_oddities
from .csv_file import is_csv, read_csv
from .examples import Dataset, Examples, Splits, Task
from .file_content import read_start
from .hold_out import hold_out
from .idx import is_idx_folder, read_idx_folder
from .image_folder import read_image_folder
from .mnist import DIGITS, from_pickle, mnist
from .named_arrays import from_arrays


def load(
    path: str | os.PathLike[str] | None = None,
    *,
    resize: int | None = None,
    seed: int = 0,
    mapped: bool = False,
    skip_bad: bool = False,
    by_class: bool = True,
    target: str | None = None,
    kind: str | None = None,
) -> Dataset:
    """Return a dataset: training, validation and test examples, and their task.

    Parameters
    ----------
    path : path, optional
        One of: a folder with the four IDX files of a dataset like MNIST, and optionally a `classes.txt` with
        a name per line; a folder of PNG or JPEG pictures, one folder per class, optionally below `train`,
        `val` and `test`; an `.npz` file or a folder of `.npy` files with arrays of the usual names
        (`x_train`, `y_train`, ...); a `.csv` file with a header; the classic `mnist.pkl.gz`;
        `NAMESPACE::NAME` of a plugin. Default: the MNIST of this package.
    resize : int, optional
        The height and the width to which pictures in folders are scaled.
    seed : int
        Draws a missing test or validation split: a sixth of the training examples, the same share of each
        class.
    mapped : bool
        Leave images in IDX or `.npy` files that are not compressed, and read an image when it is indexed.
        Files larger than 1 GiB are left in any case.
    skip_bad : bool
        Leave out pictures in folders that cannot be read, with a warning that counts them.
    by_class : bool
        Whether a missing split has the same share of each class; runs of older versions drew it from all.
    target : str, optional
        The column of a `.csv` file to predict; default: the last one.
    kind : str, optional
        "classification" or "regression". Default: classification if the target of a `.csv` file holds texts,
        or at most 20 different whole numbers.

    Raises
    ------
    DatasetError
        A file is missing, damaged, or in another format than its name says. The message names it, and of a
        folder of pictures all such files. Or `resize` is below 1, or `resize` or `skip_bad` is given for
        other data than pictures, or `target` or `kind` for other data than a table.
    PluginLoadError, UnknownNameError, CallbackError
        A plugin did not load, has no such dataset, or raised.

    Examples
    --------
    >>> splits, task = load()
    >>> task.shape, task.classes
    ((1, 28, 28), ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'))
    """
    if resize is not None and resize < 1:
        raise DatasetError(f"resize: expected a number of pixels from 1 up, got {resize}")
    pictures = _is_picture_folder(path)
    table = path is not None and not _is_resource(path) and is_csv(Path(path))
    for option, given, fits, expected in (
        ("--resize", resize is not None, pictures, "a folder of pictures"),
        ("--skip-bad", skip_bad, pictures, "a folder of pictures"),
        ("--target", target is not None, table, "a CSV file"),
        ("--task", kind is not None, table, "a CSV file"),
    ):
        if given and not fits:
            raise DatasetError(f"{path or 'MNIST'}: {option} is for {expected}")
    if path is None:
        return Dataset(mnist(), DIGITS)
    rng = np.random.default_rng(seed)
    if table:
        data = read_csv(Path(path), rng, target, kind)
    else:
        if pictures:
            splits, task = read_image_folder(Path(path), resize, skip_bad=skip_bad)
        elif _is_resource(path):
            splits, task = _load_from_plugin(str(path))
        else:
            splits, task = _read(Path(path), mapped=mapped)
        for missing in [name for name in ("test", "validation") if name not in splits]:
            splits["train"], splits[missing] = hold_out(splits["train"], rng, str(path), by_class=by_class)
        data = Dataset(Splits(**splits), task)
    for oddity in describe_oddities(count_classes(*data)):
        warnings.warn(f"{path}: {oddity}", stacklevel=2)
    return data


def _is_resource(path: str | os.PathLike[str]) -> bool:
    return isinstance(path, str) and is_resource_name(path)


def _is_picture_folder(path: str | os.PathLike[str] | None) -> bool:
    if path is None or _is_resource(path):
        return False
    folder = Path(path)
    return folder.is_dir() and not is_idx_folder(folder) and not is_npy_folder(folder)


def _read(path: Path, *, mapped: bool) -> tuple[dict[str, Examples], Task]:
    if path.is_dir() and not is_idx_folder(path):
        return read_npy_folder(path, mapped=mapped)
    if path.is_dir():
        train, test, task = read_idx_folder(path, mapped=mapped)
        return {"train": train, "test": test}, task
    if read_start(path, len(ZIP_MAGIC)) == ZIP_MAGIC:
        return read_npz(path)
    return from_pickle(path)._asdict(), DIGITS


def _load_from_plugin(name: str) -> tuple[dict[str, Examples], Task]:
    function = find_resource("datasets", name)
    with name_errors(name):
        returned = function()
        if not isinstance(returned, Mapping) or not all(isinstance(key, str) for key in returned):
            kind = type(returned).__name__
            raise DatasetError(f"{name} returned {kind}, expected a dict of arrays by name")
        arrays = {key: np.asarray(value) for key, value in returned.items()}
    for key, array in arrays.items():
        if array.dtype.kind not in "biufU":
            raise DatasetError(f"{name}: expected numbers (or names) in {key}, got {array.dtype}")
    return from_arrays(arrays, name)
