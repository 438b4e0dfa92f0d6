"""Images as rows of pixels in [0, 1]: in memory, or in their file until an index reads and scales them."""

from __future__ import annotations

import mmap
import warnings
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

SMALL = 64  # a quarter of the range
MOST_MAPPED = 64  # images of a mapped file that are read to find the largest byte


def scale_to_rows(values: NDArray[Any], white: float = 255) -> NDArray[np.float32]:
    """Return images (n, ...) as rows (n, pixels) of float32, divided by `white`."""
    return np.divide(values.reshape(len(values), prod(values.shape[1:])), white, dtype=np.float32)


class MappedImages:
    """Images (n, pixels) in [0, 1] over a memory-mapped array; an index returns an array.

    The numbers are those of `scale_to_rows`. Memory holds the arrays of the indices, and the pages of the
    file that the system caches, once for all processes of a machine.

    Parameters
    ----------
    values : array of (n, ...)
        A memory-mapped array.
    white : float
        The number that becomes 1.
    dtype : dtype
        An index computes float32 and casts it to this dtype.
    rows : array of int, optional
        The images of the file that belong to this object; default: all.
    """

    ndim = 2

    def __init__(
        self,
        values: NDArray[Any],
        white: float = 255,
        dtype: DTypeLike = np.float32,
        rows: NDArray[np.intp] | None = None,
    ) -> None:
        self.values, self.white, self.dtype, self.rows = values, white, np.dtype(dtype), rows

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of images and of pixels."""
        return len(self), self.values[:1].size

    def __len__(self) -> int:
        return len(self.values if self.rows is None else self.rows)

    def __getitem__(self, index: Any) -> NDArray[Any]:
        rows = index if self.rows is None else self.rows[index]
        return scale_to_rows(np.asarray(self.values[rows]), self.white).astype(self.dtype, copy=False)

    def astype(self, dtype: DTypeLike, *, copy: bool = True) -> MappedImages:  # noqa: ARG002 - as of an array
        """Return the same images with another dtype."""
        return MappedImages(self.values, self.white, dtype, self.rows)

    def part(self, mask: NDArray[np.bool_]) -> MappedImages:
        """Return the images at which a mask (n,) is true, without reading them."""
        rows = np.flatnonzero(mask) if self.rows is None else self.rows[mask]
        return MappedImages(self.values, self.white, self.dtype, rows)

    def bounds(self) -> tuple[float, float]:
        """Return bounds of the values: 0 and 255 / white for bytes, without reading; else the extremes."""
        if self.values.dtype == np.uint8:
            return 0.0, 255 / self.white
        return float(self.values.min()) / self.white, float(self.values.max()) / self.white


def make_image_rows(values: NDArray[Any], white: float = 255) -> Any:
    """Return images (n, ...) as rows in [0, 1]: `MappedImages` of a memory-mapped array, else an array."""
    return MappedImages(values, white) if isinstance(values, np.memmap) else scale_to_rows(values, white)


def expect_random_access(values: np.memmap[Any, Any]) -> None:
    """Tell the system not to read 128 KiB around each image: most of these bytes belong to other images."""
    memory = getattr(values, "_mmap", None)  # NumPy has no public attribute for it
    if memory is not None and hasattr(mmap, "MADV_RANDOM"):
        memory.madvise(mmap.MADV_RANDOM)


def warn_of_small_bytes(images: NDArray[Any], source: str) -> None:
    """Warn if the largest byte of images (n, ...) is below 64, or 0; of a mapped file 64 images are read."""
    if images.dtype != np.uint8 or images.size == 0:
        return
    step = -(-len(images) // MOST_MAPPED) if isinstance(images, np.memmap) else 1
    largest = int(images[::step].max())
    if largest == 0:
        warnings.warn(
            f"{source}: all bytes are 0: the images are black, and nothing is in them", stacklevel=5
        )
    elif largest < SMALL:
        warnings.warn(
            f"{source}: the bytes reach only {largest} of 255, so that pixels reach only {largest / 255:.2g} "
            "of 1; save the numbers as floats, which are divided by their largest number",
            stacklevel=5,
        )
