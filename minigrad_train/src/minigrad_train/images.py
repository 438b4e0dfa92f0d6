"""Images that a user points at, in the form of the dataset's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .datasets.examples import PIXELS, SIDE
from .datasets.mnist import read_images
from .errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def load_images(path: Path) -> NDArray[np.float32]:
    """Return the images of an IDX file, or the one of a PNG file, as float32 (n, 784) in [0, 1].

    Raises
    ------
    DatasetError
        The file is missing or damaged, or an IDX file's images are not 28 x 28.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(PNG_MAGIC))
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from error
    return _from_png(path)[None] if start == PNG_MAGIC else read_images(path)


def _from_png(path: Path) -> NDArray[np.float32]:
    """Return a picture of any size as MNIST would hold it: 28 x 28, light ink on dark paper, (784,)."""
    from PIL import Image

    try:
        with Image.open(path) as opened:
            paper = Image.new("RGBA", opened.size, "white")  # shows through where the picture is transparent
            picture = Image.alpha_composite(paper, opened.convert("RGBA")).convert("L")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise DatasetError(f"{path}: no readable PNG ({error})") from error
    values: NDArray[Any] = np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    pixels = np.divide(values.reshape(PIXELS), 255, dtype=np.float32)
    return 1 - pixels if _border(pixels).mean() > 0.5 else pixels


def _border(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    square = pixels.reshape(SIDE, SIDE)
    return np.concatenate([square[0], square[-1], square[1:-1, 0], square[1:-1, -1]])
