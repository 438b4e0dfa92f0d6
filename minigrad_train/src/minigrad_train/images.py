"""Images that a user points at, in the form of those that a network was trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from numpy.typing import NDArray

from .datasets.file_content import GZIP_MAGIC
from .datasets.idx import read_images
from .datasets.image_file import read_image
from .datasets.mapped_images import scale_to_rows
from .digits import convert_to_mnist, is_digits
from .errors import DatasetError
from .regular_file import open_regular

if TYPE_CHECKING:
    import numpy as np

    from .datasets import Task

PICTURE_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
IDX_STARTS = (b"\0\0", GZIP_MAGIC)


def load_images(path: Path, task: Task, side: int | None = None) -> NDArray[np.float32]:
    """Return the images of an IDX file, or the one of a PNG or JPEG file, as float32 (n, pixels) in [0, 1].

    A picture is scaled to `side` x `side`, if that was done in training; or, if the task is that of MNIST,
    its digit is cut out, scaled and centered. Where the images in training had a scale of their own, the
    numbers in the file are taken to be of that one.

    Raises
    ------
    DatasetError
        The file is missing, damaged, of another format, or its images have another size or scale than the
        task's.
    """
    try:
        with open_regular(path) as file:
            start = file.read(8)
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from error
    if start.startswith(PICTURE_STARTS):
        picture = _picture(path, task, side)
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
        fact = (
            f"expected pixels from 0 to {task.white:g}, as those in training, got {rows.max() * task.white:g}"
        )
        raise DatasetError(f"{path}: {fact}; save the same numbers, not stretched to the range of the file")
    return rows


def _picture(path: Path, task: Task, side: int | None) -> NDArray[np.float32]:
    image = read_image(path, task.shape[0], side, task.white)
    return convert_to_mnist(image[0])[None] if is_digits(task) else image
