"""Make a dataset from named arrays, such as `x_train` and `y_train`."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError
from .examples import ONE_HOT_ADVICE, SPLIT_NAMES, Examples, Task, check_examples, number_classes
from .mapped_images import make_image_rows, warn_of_small_bytes

# The names of images and labels in files of Keras, MedMNIST, scikit-learn and others.
OF_SPLIT = ("x_{} y_{}", "X_{} y_{}", "{}_images {}_labels")
OF_ALL = ("images labels", "images target", "data target", "x y", "X y")
NAMES = {
    split: [
        tuple(names.format(split_name, split_name).split())
        for split_name in split_names
        for names in OF_SPLIT
    ]
    for split, split_names in SPLIT_NAMES.items()
}
WHOLE = [tuple(names.split()) for names in OF_ALL]
CLASSES = ("classes", "class_names", "target_names")
FEWEST_SHADES = 15  # the largest number of 4 bits, as in scikit-learn's digits
KNOWN = {*CLASSES, *(name for pairs in (*NAMES.values(), WHOLE) for pair in pairs for name in pair)}


def from_arrays(
    arrays: Mapping[str, NDArray[Any]], source: str, others: Collection[str] = ()
) -> tuple[dict[str, Examples], Task]:
    """Return the splits of named arrays, "train" among them, and the task.

    A warning names the arrays that are not used, and `others`, the names of arrays that were not read.

    Raises
    ------
    DatasetError
        There are no arrays of the usual names, there are images without labels or labels without images,
        arrays do not fit together, or the pixels of one split reach 1 and those of another 15 or more.
    """
    available = [*arrays, *others]
    names = {split: pair for split in NAMES if (pair := _find_pair(split, available, source)) is not None}
    if "train" not in names:
        expected = "x_train y_train; or train_images train_labels; or " + "; or ".join(OF_ALL)
        raise DatasetError(
            f"{source}: expected arrays of the names {expected}; it holds "
            f"{', '.join(available)[:200] or 'none'}"
        )
    used = {*CLASSES, *(name for pair in names.values() for name in pair)}
    if unused := ", ".join(name for name in available if name not in used):
        known = "x_train, y_train, x_val, y_val, x_test, y_test, classes and the like"
        warnings.warn(f"{source}: not used: {unused[:200]}; what is used is {known}", stacklevel=5)
    pairs = {
        split: (arrays[images], _flatten_labels(arrays[labels], f"{source}: {labels}"))
        for split, (images, labels) in names.items()
    }
    images, labels = pairs["train"]
    warn_of_small_bytes(images, source)
    largest = _find_common_largest({split: images for split, (images, _) in pairs.items()}, source)
    scale = max(1.0, largest)
    # Bytes and floats up to 1 have the same scale in every file; the scale of other numbers has to be kept.
    white = None if scale == 255 or (largest <= 1 and images.dtype.kind in "bf") else scale
    shape = _move_channels_first(images, source).shape[1:]
    task = Task.of(source, shape, _read_class_names(arrays) or number_classes(labels, source), white)
    splits = {}
    for split, (images, labels) in pairs.items():
        rows = make_image_rows(_move_channels_first(images, source), scale)
        splits[split] = check_examples(rows, labels, task, f"{source}, {split} split")
    return splits, task


def _find_pair(split: str, available: Collection[str], source: str) -> tuple[str, ...] | None:
    """Return the names of the images and the labels of a split; None if it has neither."""
    for names in NAMES[split] + (WHOLE if split == "train" else []):
        if all(name in available for name in names):
            return names
    for names in NAMES[split]:
        for name, other in (names, reversed(names)):
            if name in available:
                raise DatasetError(f"{source}: {name} without {other}; it holds {', '.join(available)[:200]}")
    return None


def _flatten_labels(labels: NDArray[Any], name: str) -> NDArray[Any]:
    if labels.ndim == 2 and labels.shape[1] > 1:
        raise DatasetError(f"{name} has the shape {labels.shape}, expected (n,): {ONE_HOT_ADVICE}")
    return labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels


def _find_common_largest(images: Mapping[str, NDArray[Any]], source: str) -> float:
    """Return the largest number in all splits; raise DatasetError if they differ in scale."""
    largest = {split: _find_largest(part, f"{source}, {split} split") for split, part in images.items()}
    most = max(largest.values())
    for split, number in largest.items():
        if 0 < number <= 1 and most >= FEWEST_SHADES:
            raise DatasetError(
                f"{source}: the {split} images are numbers from 0 to {number:g}, another split reaches "
                f"{most:g}: give all splits one scale"
            )
    return most


def _find_largest(images: NDArray[Any], source: str) -> float:
    """Return the largest number in images, 255 for bytes; raise DatasetError below 0 or if not finite."""
    if images.dtype == np.uint8:
        return 255.0
    if images.dtype.kind not in "biuf":
        raise DatasetError(f"{source}: expected images of real numbers, got {images.dtype}")
    if images.size == 0:  # `check_examples` refuses it
        return 0.0
    least, largest = float(images.min()), float(images.max())
    if least >= 0 and largest < np.inf:  # NaN is not
        return largest
    if np.isnan(least):
        count = sum(bool(np.isnan(image).any()) for image in images)
        raise DatasetError(f"{source}: {count} of {len(images)} images hold NaN; leave them out or fix them")
    fact = f"expected pixels from 0 up, got {images.dtype} from {least:g} to {largest:g}"
    raise DatasetError(f"{source}: {fact}; shift them so that black is 0")


def _read_class_names(arrays: Mapping[str, NDArray[Any]]) -> tuple[str, ...] | None:
    names = next((arrays[name] for name in CLASSES if name in arrays), None)
    return None if names is None else tuple(map(str, names.ravel()))


def _move_channels_first(images: NDArray[Any], source: str) -> NDArray[Any]:
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
