"""Digits that somebody drew, as MNIST would hold them: what only a set of digits can assume."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .datasets.mnist import DIGITS

if TYPE_CHECKING:
    from .datasets import Task

SIDE = DIGITS.shape[1]
DIGIT = 20  # MNIST scales a digit to fit into 20 x 20, and puts its center of mass into the middle of 28 x 28
INK = 0.1  # what is fainter does not count as a part of the digit


def is_digits(task: Task) -> bool:
    """Return whether a task is that of MNIST, as far as shape and names tell."""
    return task == DIGITS


def convert_to_mnist(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a grey picture (height, width) as MNIST would hold it: light ink on dark paper, 28 x 28.

    One of that size is taken as it is; of another, the digit is cut out, scaled and centered as in MNIST.
    """
    paper = float(np.median(_border(values)))
    ink = np.divide(np.abs(values - np.float32(paper)), max(paper, 1 - paper), dtype=np.float32)
    return ink if ink.shape == (SIDE, SIDE) else _center_digit(ink)


def _border(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])


def _center_digit(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the digit as LeCun et al. have it: 20 pixels high or wide, its center of mass in the middle.

    http://yann.lecun.com/exdb/mnist/, "the images were centered in a 28x28 image by computing the center of
    mass of the pixels".
    """
    from PIL import Image

    framed = np.zeros((SIDE, SIDE), np.float32)
    rows, columns = (np.nonzero((ink > INK).any(axis=axis))[0] for axis in (1, 0))
    if len(rows) == 0:  # a blank sheet
        return framed
    digit = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = DIGIT / max(digit.shape)
    height, width = (max(1, round(size * scale)) for size in digit.shape)
    small = np.asarray(Image.fromarray(digit).resize((width, height), Image.Resampling.LANCZOS)).clip(0, 1)
    small = small / small.max()  # a pen that is thinner than MNIST's would be pale
    weights = small / small.sum()
    # In each image of MNIST the center of mass is in [14, 15), counted from the upper or left edge.
    down = ceil(SIDE / 2 - float(weights.sum(axis=1) @ (np.arange(height) + 0.5)))
    right = ceil(SIDE / 2 - float(weights.sum(axis=0) @ (np.arange(width) + 0.5)))
    top, left = (min(max(offset, 0), SIDE - size) for offset, size in ((down, height), (right, width)))
    framed[top : top + height, left : left + width] = small
    return framed
