"""Read a dataset from folders of pictures, one folder per class."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import DatasetError
from .examples import SPLIT_NAMES, Examples, Task, check_examples
from .file_content import LARGEST
from .image_file import is_grey, read_image

IGNORED_FILES = {"Thumbs.db", "desktop.ini"}  # and names that begin with a dot

Labelled = list[tuple["Path", int]]  # the path and the label of each picture


def read_image_folder(folder: Path, side: int | None) -> tuple[dict[str, Examples], Task]:
    """Return the splits of a folder, "train" among them, and the task.

    The folder has a folder for each class, with the name of the class and its PNG or JPEG pictures; or it has
    folders `train`, and possibly `val` and `test`, with such folders. The names of splits may have capitals.
    All pictures have one size, or are scaled to `side` x `side`. They are read in grey if all pictures are
    grey.

    Raises
    ------
    DatasetError
        There are no such folders, or a file in them cannot be read, is no picture, or has another size.
    """
    folders = {path.name.lower(): path for path in _list_folder(folder) if path.is_dir()}
    roots = {
        split: folders[name] for split, names in SPLIT_NAMES.items() for name in names if name in folders
    }
    if "train" not in roots:
        roots = {"train": folder}
    classes = tuple(path.name for path in _list_folder(roots["train"]) if path.is_dir())
    if not classes:
        raise DatasetError(
            f"{folder}: expected the four IDX files of a set like MNIST, or a folder of pictures a class"
        )
    files = {split: _label_pictures(root, classes) for split, root in roots.items()}
    paths = [path for labelled in files.values() for path, _ in labelled]
    channels = 1 if all(map(is_grey, paths)) else 3
    _, height, width = read_image(paths[0], channels, side).shape
    task = Task.of(str(roots["train"]), (channels, height, width), classes)
    if task.pixels * len(paths) > LARGEST:
        raise DatasetError(
            f"{folder}: {len(paths)} pictures of {height} x {width} are too much for the "
            "memory; make them smaller by --resize"
        )
    return {split: _decode(labelled, task, side, roots[split]) for split, labelled in files.items()}, task


def _list_folder(folder: Path) -> list[Path]:
    """Return the entries of a folder sorted by name, without the files of file managers."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise DatasetError(f"{folder}: cannot be read: {error.strerror}") from error
    return [path for path in paths if not path.name.startswith(".") and path.name not in IGNORED_FILES]


def _label_pictures(root: Path, classes: tuple[str, ...]) -> Labelled:
    labelled: Labelled = []
    for folder in _list_folder(root):
        if not folder.is_dir():
            raise DatasetError(f"{folder}: expected a folder for each class, got a file")
        if folder.name not in classes:
            raise DatasetError(f"{folder}: there is no class {folder.name!r} in the training set")
        label = classes.index(folder.name)
        labelled += [(path, label) for path in _list_folder(folder)]
    for path, _ in labelled:
        if path.is_dir():
            splits = "; the folders of splits are called train, val and test"
            raise DatasetError(f"{path}: expected a PNG or a JPEG, got a folder{splits}")
    if not labelled:
        raise DatasetError(f"{root}: no pictures in it")
    return labelled


def _decode(labelled: Labelled, task: Task, side: int | None, root: Path) -> Examples:
    images = np.empty((len(labelled), task.pixels), np.float32)
    for row, (path, _) in zip(images, labelled, strict=True):
        image = read_image(path, task.shape[0], side)
        if image.shape != task.shape:
            expected, got = (" x ".join(map(str, shape[1:])) for shape in (task.shape, image.shape))
            raise DatasetError(
                f"{path}: expected {expected} as the first picture has, got {got}; give all one size by "
                "--resize"
            )
        row[:] = image.reshape(-1)
    return check_examples(images, np.array([label for _, label in labelled]), task, str(root))
