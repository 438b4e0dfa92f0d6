"""Sets that are folders of pictures, one folder a class."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import DatasetError
from .examples import SPLIT_NAMES, Examples, Task, check_examples
from .file_content import LARGEST
from .image_file import is_grey, read_image

IGNORED_FILES = {"Thumbs.db", "desktop.ini"}  # and whatever begins with a dot

Listed = list[tuple["Path", int]]  # each picture, and its label


def read_image_folder(folder: Path, side: int | None) -> tuple[dict[str, Examples], Task]:
    """Return the splits that a folder has, "train" among them, and what they are of.

    The folder holds a folder for each class, which is named by it and holds its pictures, PNG or JPEG; or it
    holds `train`, and perhaps `val` and `test`, which do. All pictures have one size, or are scaled to
    `side` x `side`. They are read in grey if all of them are grey. Capitals in `Train` make no difference.

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
    files = {split: _pictures(root, classes) for split, root in roots.items()}
    everything = [path for listed in files.values() for path, _ in listed]
    channels = 1 if all(map(is_grey, everything)) else 3
    _, height, width = read_image(everything[0], channels, side).shape
    task = Task.of(str(roots["train"]), (channels, height, width), classes)
    if task.pixels * len(everything) > LARGEST:
        raise DatasetError(
            f"{folder}: {len(everything)} pictures of {height} x {width} are too much for the "
            "memory; make them smaller by --resize"
        )
    return {split: _decode(listed, task, side, roots[split]) for split, listed in files.items()}, task


def _list_folder(folder: Path) -> list[Path]:
    """Return what is in a folder, in the order of the names, without what file managers leave there."""
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise DatasetError(f"{folder}: cannot be read: {error.strerror}") from error
    return [path for path in found if not path.name.startswith(".") and path.name not in IGNORED_FILES]


def _pictures(root: Path, classes: tuple[str, ...]) -> Listed:
    listed: Listed = []
    for folder in _list_folder(root):
        if not folder.is_dir():
            raise DatasetError(f"{folder}: expected a folder for each class, got a file")
        if folder.name not in classes:
            raise DatasetError(f"{folder}: there is no class {folder.name!r} in the training set")
        label = classes.index(folder.name)
        listed += [(path, label) for path in _list_folder(folder)]
    for path, _ in listed:
        if path.is_dir():
            splits = "; the folders of splits are called train, val and test"
            raise DatasetError(f"{path}: expected a PNG or a JPEG, got a folder{splits}")
    if not listed:
        raise DatasetError(f"{root}: no pictures in it")
    return listed


def _decode(listed: Listed, task: Task, side: int | None, root: Path) -> Examples:
    images = np.empty((len(listed), task.pixels), np.float32)
    for row, (path, _) in zip(images, listed, strict=True):
        image = read_image(path, task.shape[0], side)
        if image.shape != task.shape:
            expected, got = (" x ".join(map(str, shape[1:])) for shape in (task.shape, image.shape))
            raise DatasetError(
                f"{path}: expected {expected} as the first picture has, got {got}; give all one size by "
                "--resize"
            )
        row[:] = image.reshape(-1)
    return check_examples(images, np.array([label for _, label in listed]), task, str(root))
