"""Load images of the user in the form of the images that a network was trained on.

MNIST holds a digit scaled to fit into 20 x 20 pixels, its center of mass in the middle of 28 x 28. A picture
of another size is brought into this form if the task is that of MNIST.
"""

from __future__ import annotations

from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .datasets import Task
from .datasets.file_content import GZIP_MAGIC, read_start
from .datasets.idx import read_images
from .datasets.image_file import read_image
from .datasets.mapped_images import scale_to_rows
from .datasets.mnist import DIGITS
from .errors import DatasetError

PICTURE_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
IDX_STARTS = (b"\0\0", GZIP_MAGIC)
SIDE = DIGITS.shape[1]
DIGIT = 20  # pixels, the larger side of a digit
INK = 0.1  # fainter pixels are not part of the digit


def load_images(path: Path, task: Task, side: int | None = None) -> NDArray[np.float32]:
    """Return the images of an IDX, PNG or JPEG file as float32 (n, pixels) in [0, 1].

    A picture is scaled to `side` x `side` if the pictures in training were. If the task is that of MNIST, the
    digit is cut out, scaled and centered. If the data in training had a scale of their own, such as 0 to 15,
    the numbers in the file have the same scale.

    Raises
    ------
    DatasetError
        The file is missing, damaged, of another format, or its images have another size or scale than the
        task's.
    """
    start = read_start(path, 8)
    if start.startswith(PICTURE_STARTS):
        picture = _read_picture(path, task, side)
        shape, rows = picture.shape, picture.reshape(1, -1)
    elif start.startswith(IDX_STARTS):
        images = read_images(path)
        shape, rows = (1, *images.shape[1:]), scale_to_rows(images, task.white or 255)
    else:
        raise DatasetError(f"{path}: neither a PNG, a JPEG nor an IDX file; it begins with {start!r}")
    if shape != task.shape:
        expected, got = (" x ".join(map(str, sizes)) for sizes in (task.shape, shape))
        raise DatasetError(f"{path}: expected channels x height x width of {expected}, got {got}")
    if task.white is not None and rows.max() > 1:
        got = f"{rows.max() * task.white:g}"
        raise DatasetError(
            f"{path}: expected pixels from 0 to {task.white:g}, as in training, got {got}; save the same "
            "numbers, not numbers stretched to the range of the file"
        )
    return rows


def _read_picture(path: Path, task: Task, side: int | None) -> NDArray[np.float32]:
    image = read_image(path, task.shape[0], side, task.white)
    return convert_to_mnist(image[0])[None] if task == DIGITS else image


def convert_to_mnist(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a grey picture (height, width) in the form of MNIST: light ink on dark paper, (28, 28).

    The median of the border is the color of the paper. A picture of 28 x 28 keeps its geometry; the digit in
    a picture of another size is cut out, scaled and centered.
    """
    paper = float(np.median(np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])))
    ink = np.divide(np.abs(values - np.float32(paper)), max(paper, 1 - paper), dtype=np.float32)
    return ink if ink.shape == (SIDE, SIDE) else _center_digit(ink)


def _center_digit(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the digit scaled to 20 pixels in height or width, its center of mass in the middle of 28 x 28.

    Source: LeCun et al., http://yann.lecun.com/exdb/mnist/, "the images were centered in a 28x28 image by
    computing the center of mass of the pixels".
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
    small = small / small.max()  # a pen thinner than those of MNIST would be pale
    weights = small / small.sum()
    # In each image of MNIST the center of mass is in [14, 15), counted from the upper or left edge.
    down = ceil(SIDE / 2 - float(weights.sum(axis=1) @ (np.arange(height) + 0.5)))
    right = ceil(SIDE / 2 - float(weights.sum(axis=0) @ (np.arange(width) + 0.5)))
    top, left = (min(max(offset, 0), SIDE - size) for offset, size in ((down, height), (right, width)))
    framed[top : top + height, left : left + width] = small
    return framed
