"""Images as rows in [0, 1]: in memory, or in their file, where what is taken is read and scaled then."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def scale_to_rows(values: NDArray[Any], white: float = 255) -> NDArray[np.float32]:
    """Return images (n, ...) as rows of float32, (n, pixels), `white` mapped to 1."""
    return np.divide(values.reshape(len(values), -1), white, dtype=np.float32)


class MappedImages:
    """Images (n, pixels) in [0, 1] over a memory-mapped array; an index gives an array.

    The numbers are those that `scale_to_rows` gives. Memory holds what was taken, and the pages of
    the file that the system keeps, once for all processes of a machine.

    Parameters
    ----------
    values : array of (n, ...)
        Mapped.
    white : float
        What stands for 1.
    dtype : dtype
        What is taken is float32, and then cast to it.
    rows : array of int, optional
        The images that there are, of those in the file; default: all.
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
        """Images and pixels."""
        return len(self), self.values[:1].size

    def __len__(self) -> int:
        return len(self.values if self.rows is None else self.rows)

    def __getitem__(self, chosen: Any) -> NDArray[Any]:
        rows = chosen if self.rows is None else self.rows[chosen]
        return scale_to_rows(np.asarray(self.values[rows]), self.white).astype(self.dtype, copy=False)

    def astype(self, dtype: DTypeLike, *, copy: bool = True) -> MappedImages:  # noqa: ARG002 - as of an array
        """Return the same images, taken in another dtype."""
        return MappedImages(self.values, self.white, dtype, self.rows)

    def part(self, chosen: NDArray[np.bool_]) -> MappedImages:
        """Return some of the images, none of which is read."""
        rows = np.flatnonzero(chosen) if self.rows is None else self.rows[chosen]
        return MappedImages(self.values, self.white, self.dtype, rows)

    def bounds(self) -> tuple[float, float]:
        """Return the smallest and the largest value; of bytes those that they can have, and none is read."""
        if self.values.dtype == np.uint8:
            return 0.0, 255 / self.white
        return float(self.values.min()) / self.white, float(self.values.max()) / self.white


def image_rows(values: NDArray[Any], white: float = 255) -> Any:
    """Return images (n, ...) as rows in [0, 1]: an array, or `MappedImages` of those that are mapped."""
    return MappedImages(values, white) if isinstance(values, np.memmap) else scale_to_rows(values, white)
