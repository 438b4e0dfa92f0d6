"""Images that a user points at, in the form of the dataset's."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from .datasets.examples import PIXELS, SIDE
from .datasets.idx import GZIP_MAGIC
from .datasets.mnist import read_images
from .errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
IDX_STARTS = (b"\0\0", GZIP_MAGIC)
DIGIT = 20  # MNIST scales a digit to fit into 20 x 20, and puts its center of mass into the middle of 28 x 28
INK = 0.1  # what is fainter does not count as a part of the digit


def load_images(path: Path) -> NDArray[np.float32]:
    """Return the images of an IDX file, or the one of a PNG file, as float32 (n, 784) in [0, 1].

    Raises
    ------
    DatasetError
        The file is missing, damaged or of another format; or an IDX file holds no images, or not of 28 x 28.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(PNG_MAGIC))
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from error
    if start == PNG_MAGIC:
        return _from_png(path)[None]
    if not start.startswith(IDX_STARTS):
        raise DatasetError(f"{path}: neither a PNG nor an IDX file; it begins with {start!r}")
    images = read_images(path)
    if len(images) == 0:
        raise DatasetError(f"{path}: no images in it")
    return images


def _from_png(path: Path) -> NDArray[np.float32]:
    """Return a picture as MNIST would hold it: 28 x 28, light ink on dark paper, (784,).

    One of that size is taken as it is; of another, the digit is cut out, scaled and centered as in MNIST.
    """
    values = _grey(path)
    paper = float(np.median(_border(values)))
    ink = np.divide(np.abs(values - np.float32(paper)), max(paper, 1 - paper), dtype=np.float32)
    return (ink if ink.shape == (SIDE, SIDE) else _normalized(ink)).reshape(PIXELS)


def _grey(path: Path) -> NDArray[np.float32]:
    """Return the values of a PNG in [0, 1], (height, width); transparency shows white paper."""
    from PIL import Image

    try:
        with Image.open(path) as opened:
            if opened.mode.startswith("I"):  # 16 bits, which Pillow would clip to 8
                return np.divide(np.asarray(opened), 65535, dtype=np.float32)
            paper = Image.new("RGBA", opened.size, "white")
            picture = Image.alpha_composite(paper, opened.convert("RGBA")).convert("L")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise DatasetError(f"{path}: no readable PNG ({error})") from error
    return np.divide(np.asarray(picture), 255, dtype=np.float32)


def _border(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])


def _normalized(ink: NDArray[np.float32]) -> NDArray[np.float32]:
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
