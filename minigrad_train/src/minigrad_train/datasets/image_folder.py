"""Read a dataset from folders of pictures, one folder per class; one message names all bad files."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError
from .examples import SPLIT_NAMES, Examples, Task, check_examples
from .file_content import LARGEST
from .image_file import is_grey, read_image

MOST_LINES = 100  # of a message

T = TypeVar("T")


class BadFiles:
    """The files that cannot be read, and the pictures of another size than the first one."""

    def __init__(self) -> None:
        self._unreadable: dict[Path, str] = {}
        self._sizes: dict[Path, str] = {}

    def __contains__(self, path: Path) -> bool:
        return path in self._unreadable

    def read(self, reader: Callable[..., T], path: Path, *arguments: Any) -> T | None:
        """Return `reader(path, *arguments)`; None if the file is bad, which a DatasetError says."""
        if path in self._unreadable:
            return None
        try:
            return reader(path, *arguments)
        except DatasetError as error:
            self.add(path, str(error))
            return None

    def add(self, path: Path, fact: str) -> None:
        """Add a file that cannot be read, with a message that names the file."""
        self._unreadable[path] = fact

    def add_size(self, path: Path, fact: str) -> None:
        """Add a picture of another size, with a message that names the file."""
        self._sizes[path] = fact

    def report(self, folder: Path, count: int, *, skip: bool) -> None:
        """Raise a DatasetError that names all files; if `skip`, warn of the number of unreadable ones.

        Parameters
        ----------
        folder : Path
        count : int
            The number of pictures in the folder, good and bad.
        skip : bool
        """
        problems = []
        if self._unreadable and not skip:
            way_out = "repair or remove them, or leave them out by --skip-bad"
            fact = f"{_count(len(self._unreadable), count)} cannot be read; {way_out}"
            problems.append(_list_lines(fact, self._unreadable.values()))
        if self._sizes:
            fact = f"{_count(len(self._sizes), count)} have another size; give all one size by --resize"
            problems.append(_list_lines(fact, self._sizes.values()))
        if problems:
            raise DatasetError(f"{folder}: " + "\n".join(problems))
        if self._unreadable:
            fact = f"{folder}: {_count(len(self._unreadable), count)} cannot be read and are left out"
            warnings.warn(_list_lines(fact, self._unreadable.values()), stacklevel=4)


def _count(part: int, count: int) -> str:
    return f"{part:,} of {count:,} files"


def _list_lines(fact: str, lines: Collection[str]) -> str:
    more = [f"and {len(lines) - MOST_LINES:,} more"] if len(lines) > MOST_LINES else []
    return "\n  ".join([f"{fact}:", *list(lines)[:MOST_LINES], *more])


IGNORED = {"Thumbs.db", "desktop.ini", "__MACOSX"}  # of Windows and macOS; and names that begin with a dot

Labelled = list[tuple["Path", int]]  # the path and the label of each picture


def read_image_folder(
    folder: Path, side: int | None, *, skip_bad: bool = False
) -> tuple[dict[str, Examples], Task]:
    """Return the splits of a folder, "train" among them, and the task.

    The folder has a folder for each class, with the name of the class and its PNG or JPEG pictures; or it has
    folders `train`, and possibly `val` and `test`, with such folders. The names of splits may have capitals.
    All pictures have one size, or are scaled to `side` x `side`. They are read in grey if all pictures are
    grey. With `skip_bad`, files that cannot be read are left out, and a warning counts them.

    Raises
    ------
    DatasetError
        There are no such folders, or two for one split; files in them cannot be read or are not pictures;
        or pictures have different sizes. The message names all such files.
    """
    roots = _find_splits(folder)
    classes = tuple(path.name for path in _list_folder(roots["train"]) if path.is_dir())
    if not classes:
        raise DatasetError(
            f"{folder}: expected the four IDX files of a set like MNIST, or a folder of pictures for each "
            "class"
        )
    bad = BadFiles()
    files = {split: _label_pictures(root, classes, bad) for split, root in roots.items()}
    paths = [path for labelled in files.values() for path, _ in labelled]
    channels = 3 if False in [bad.read(is_grey, path) for path in paths] else 1
    task = _find_task(paths, channels, side, roots["train"], classes, bad)
    if task.pixels * len(paths) > LARGEST:
        _, height, width = task.shape
        raise DatasetError(
            f"{folder}: {len(paths)} pictures of {height} x {width} are too much for the "
            "memory; make them smaller by --resize"
        )
    decoded = {split: _decode(labelled, task, side, bad) for split, labelled in files.items()}
    bad.report(folder, len(paths), skip=skip_bad)
    return {
        split: _label_rows(rows, files[split], task, roots[split], bad) for split, rows in decoded.items()
    }, task


def _find_splits(folder: Path) -> dict[str, Path]:
    """Return the folder of each split, "train" among them; a warning names folders that are not used."""
    folders = [path for path in _list_folder(folder) if path.is_dir()]
    found = {
        split: [path for path in folders if path.name.lower() in names]
        for split, names in SPLIT_NAMES.items()
    }
    if not found["train"]:
        return {"train": folder}
    for split, paths in found.items():
        if len(paths) > 1:
            both = " and ".join(path.name for path in paths)
            raise DatasetError(f"{folder}: {both} are both names of the {split} split: merge them")
    roots = {split: paths[0] for split, paths in found.items() if paths}
    if unused := ", ".join(path.name for path in folders if path not in roots.values()):
        known = "train, val and test beside one another"
        warnings.warn(f"{folder}: not used: {unused[:200]}; what is used is {known}", stacklevel=4)
    return roots


def _list_folder(folder: Path) -> list[Path]:
    """Return the entries of a folder sorted by name, without the files of file managers."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise DatasetError(f"{folder}: cannot be read: {error.strerror}") from error
    return [path for path in paths if not path.name.startswith(".") and path.name not in IGNORED]


def _label_pictures(root: Path, classes: tuple[str, ...], bad: BadFiles) -> Labelled:
    labelled: Labelled = []
    for folder in _list_folder(root):
        if not folder.is_dir():
            bad.add(folder, f"{folder}: expected a folder for each class, got a file")
            continue
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


def _find_task(
    paths: list[Path], channels: int, side: int | None, root: Path, classes: tuple[str, ...], bad: BadFiles
) -> Task:
    """Return the task of pictures of the size of the first one that can be read."""
    for path in paths:
        if (image := bad.read(read_image, path, channels, side)) is not None:
            return Task.of(str(root), image.shape, classes)
    bad.report(root, len(paths), skip=False)
    raise DatasetError(f"{root}: no pictures in it")


def _decode(labelled: Labelled, task: Task, side: int | None, bad: BadFiles) -> NDArray[np.float32]:
    """Return a row of pixels for each picture; the row of a bad file is undefined."""
    rows = np.empty((len(labelled), task.pixels), np.float32)
    for row, (path, _) in zip(rows, labelled, strict=True):
        image = bad.read(read_image, path, task.shape[0], side)
        if image is None:
            continue
        if image.shape == task.shape:
            row[:] = image.reshape(-1)
        else:
            expected, got = (" x ".join(map(str, shape[1:])) for shape in (task.shape, image.shape))
            bad.add_size(path, f"{path}: expected {expected} as the first picture has, got {got}")
    return rows


def _label_rows(
    rows: NDArray[np.float32], labelled: Labelled, task: Task, root: Path, bad: BadFiles
) -> Examples:
    good = [index for index, (path, _) in enumerate(labelled) if path not in bad]
    labels = np.array([labelled[index][1] for index in good], np.int64)
    return check_examples(rows if len(good) == len(rows) else rows[good], labels, task, str(root))
