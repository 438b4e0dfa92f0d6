"""What a dataset is here: images with their labels, in three splits; and the check that they are sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import DatasetError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 28
PIXELS = SIDE * SIDE
CLASSES = 10


class Examples(NamedTuple):
    """Images and their labels.

    images: float32 (n, 784), row by row from the top left, 0 for paper and 1 for ink.
    labels: int64 (n,), the digits in [0, 10).
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]


class Splits(NamedTuple):
    """What the weights learn from, what choices are made by, and what is looked at once, at the end."""

    train: Examples
    validation: Examples
    test: Examples


def checked(images: NDArray[Any], labels: NDArray[Any], source: str) -> Examples:
    """Return images and labels in the dtypes of the contract, once they are known to be sound.

    Parameters
    ----------
    images : array of (n, 784)
        Values in [0, 1].
    labels : array of (n,)
        Integers in [0, 10).
    source : str
        Where they come from, for the message.

    Raises
    ------
    DatasetError
        Another shape or type, another number of labels than of images, or a value out of range.
    """
    if images.ndim != 2 or images.shape[1] != PIXELS:
        raise DatasetError(f"{source}: expected images of shape (n, {PIXELS}), got {images.shape}")
    if labels.shape != images.shape[:1]:
        raise DatasetError(f"{source}: {len(images)} images, but labels of shape {labels.shape}")
    if len(images) == 0:
        raise DatasetError(f"{source}: no examples in it")
    if images.dtype.kind != "f" or not (images.min() >= 0 and images.max() <= 1):  # `not` catches NaN
        raise DatasetError(f"{source}: expected floating-point pixels in [0, 1], got {_range(images)}")
    if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= CLASSES:
        raise DatasetError(f"{source}: expected whole labels in [0, {CLASSES}), got {_range(labels)}")
    return Examples(images.astype(np.float32, copy=False), labels.astype(np.int64, copy=False))


def _range(values: NDArray[Any]) -> str:
    return f"{values.dtype} from {values.min()} to {values.max()}"
