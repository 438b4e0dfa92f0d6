"""Datasets: images with labels in three splits, and the task of classifying them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError
from .mapped_images import MappedImages, make_image_rows
from .table import Table

SPLIT_NAMES = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation"),
    "test": ("test",),
}
MOST_CLASSES = 10_000
LONGEST_NAME = 100
ONE_HOT_ADVICE = "if each row has a one at its class (one-hot), give labels.argmax(axis=1)"


class Examples(NamedTuple):
    """Images and their labels.

    images: float32 (n, channels x height x width), in [0, 1], row by row from the top left.
    labels: int64 (n,), in [0, classes).

    For a table, the images are rows of columns, with mean 0 and standard deviation 1 in training. For a
    regression, the labels are float32 (n, 1), scaled like a column.
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]


class Splits(NamedTuple):
    """The examples for training, for validation after each epoch, and for the test at the end."""

    train: Examples
    validation: Examples
    test: Examples


@dataclass(frozen=True, slots=True)
class Task:
    """The task of a network: to find the class of an image, given the shape of the images and the classes.

    Attributes
    ----------
    shape : tuple of int
        Channels (1 for grey, 3 for red, green and blue), height and width of an image.
    classes : tuple of str
        The names of the classes, in the order of the labels.
    white : float or None
        The number in a file of images that becomes 1, if the data have a scale of their own, such as 15.
        None: the largest number of the file's type, such as 255 for bytes.
    table : Table or None
        The columns of a table; None for images. A table without classes is a regression.
    """

    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    white: float | None = None
    table: Table | None = None

    def __post_init__(self) -> None:
        if min(self.shape) < 1:
            raise DatasetError(f"channels x height x width of {self.shape}: no pixels in such images")
        if self.table is not None and not self.classes:
            return
        if len(self.classes) < 2 or len(self.classes) > MOST_CLASSES:
            few = f": {self.classes[0]!r}" if len(self.classes) == 1 else ""
            raise DatasetError(f"expected 2 to {MOST_CLASSES:,} classes, got {len(self.classes):,}{few}")
        if len(set(self.classes)) < len(self.classes):
            raise DatasetError("two classes have one name")
        if self.white is not None and not 1 <= self.white < float("inf"):
            raise DatasetError(f"white cannot be {self.white}")
        for name in self.classes:
            if not name or len(name) > LONGEST_NAME or not name.isprintable():
                raise DatasetError(
                    f"a class cannot be called {name[:LONGEST_NAME]!r}: expected 1 to {LONGEST_NAME} "
                    "characters that can be printed"
                )

    def as_dict(self) -> dict[str, Any]:
        """Return shape, classes, scale and columns as a dict that JSON can hold."""
        table = None if self.table is None else self.table.as_dict()
        shape, classes = list(self.shape), list(self.classes)
        return {"shape": shape, "classes": classes, "white": self.white, "table": table}

    @classmethod
    def of(
        cls,
        source: str,
        shape: tuple[int, ...],
        classes: tuple[str, ...],
        white: float | None = None,
        table: Table | None = None,
    ) -> Task:
        """Return a task; raise a DatasetError that names the source if the values are not possible."""
        channels, height, width = shape
        try:
            return cls((channels, height, width), classes, white, table)
        except DatasetError as error:
            raise DatasetError(f"{source}: {error}") from None

    @classmethod
    def from_dict(cls, values: Any, source: str) -> Task:
        """Return the task from the dict of `as_dict`; raise DatasetError for other values."""
        match values:
            case {"shape": [int(channels), int(height), int(width)], "classes": [*classes]} if all(
                isinstance(name, str) for name in classes
            ) and isinstance(white := values.get("white"), int | float | None):  # older files have no scale
                saved = values.get("table")
                table = None if saved is None else Table.from_dict(saved, source)
                return cls.of(source, (channels, height, width), tuple(classes), white, table)
        raise DatasetError(f"{source}: it does not say which images and classes it is for")

    @property
    def pixels(self) -> int:
        """The number of values in an image, channels x height x width."""
        return prod(self.shape)

    @property
    def is_regression(self) -> bool:
        """Whether a number is to be predicted, and not a class."""
        return not self.classes

    @property
    def outputs(self) -> int:
        """The number of outputs of a network."""
        return len(self.classes) or 1

    def __str__(self) -> str:
        if self.table is not None:
            columns = f"rows of {len(self.table.columns)} columns"
            if self.is_regression:
                return f"{columns}, regression of {self.table.target}"
            return f"{columns}, {len(self.classes)} classes of {self.table.target}"
        channels, height, width = self.shape
        colour = {1: "", 3: " in colour"}.get(channels, f" in {channels} channels")
        scale = "" if self.white is None else f" of 0 to {self.white:g}"
        return f"images of {height} x {width}{colour}{scale}, {len(self.classes)} classes"


class Dataset(NamedTuple):
    """Examples and their task."""

    splits: Splits
    task: Task


def number_classes(labels: NDArray[Any], source: str) -> tuple[str, ...]:
    """Return the numbers of the classes as names: "0" to the largest label.

    Raises
    ------
    DatasetError
        There are no labels, or a label is not a whole number from 0 to 9,999.
    """
    if labels.size == 0:
        raise DatasetError(f"{source}: no examples in it")
    _check_labels(labels, MOST_CLASSES, source)
    return tuple(map(str, range(max(2, int(labels.max()) + 1))))


def check_examples(images: NDArray[Any], labels: NDArray[Any], task: Task, source: str) -> Examples:
    """Return images and labels with the dtypes of `Examples` after checking their shapes and values.

    Parameters
    ----------
    images : array of (n, pixels) or (n, ...)
        Values in [0, 1], or bytes, which are divided by 255.
    labels : array of (n,)
        Integers in [0, classes).
    task : Task
        The task of the examples.
    source : str
        The file or plugin, for messages.

    Raises
    ------
    DatasetError
        A shape, a dtype or a value is not possible, or the numbers of images and labels differ.
    """
    has_bytes = images.dtype == np.uint8
    images = make_image_rows(images) if has_bytes else images
    if images.ndim != 2 or images.shape[1] != task.pixels:
        raise DatasetError(f"{source}: expected images of shape (n, {task.pixels}), got {images.shape}")
    if labels.shape != images.shape[:1]:
        raise DatasetError(f"{source}: {len(images)} images, but labels of shape {labels.shape}")
    if len(images) == 0:
        raise DatasetError(f"{source}: no examples in it")
    if not has_bytes and not _is_within_one(images):
        raise DatasetError(f"{source}: expected floating-point pixels in [0, 1], got {_format_range(images)}")
    _check_labels(labels, len(task.classes), source)
    return Examples(images.astype(np.float32, copy=False), labels.astype(np.int64, copy=False))


def _check_labels(labels: NDArray[Any], classes: int, source: str) -> None:
    if labels.dtype.kind in "iu" and labels.min() >= 0 and labels.max() < classes:
        return
    if labels.dtype.kind not in "biuf":
        raise DatasetError(
            f"{source}: expected labels of numbers, got {labels.dtype}; to number classes given as text, use "
            "names, labels = np.unique(labels, return_inverse=True), and save names as classes"
        )
    whole = labels.dtype.kind not in "iu" and bool(np.all(labels == np.rint(labels)))
    hint = "; use labels.astype(int)" if whole else ""
    fact = f"expected whole labels from 0 to {classes - 1}, got {_format_range(labels)}{hint}"
    raise DatasetError(f"{source}: {fact}")


def _is_within_one(images: NDArray[Any] | MappedImages) -> bool:
    least, largest = _find_bounds(images)
    return bool(images.dtype.kind == "f" and least >= 0 and largest <= 1)  # NaN is not


def _find_bounds(values: NDArray[Any] | MappedImages) -> tuple[Any, Any]:
    return values.bounds() if isinstance(values, MappedImages) else (values.min(), values.max())


def _format_range(values: NDArray[Any] | MappedImages) -> str:
    least, largest = _find_bounds(values)
    return f"{values.dtype} from {least} to {largest}"
