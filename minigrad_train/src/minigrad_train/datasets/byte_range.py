"""Warn of bytes that use a small part of their range: as pixels they would be nearly black."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALL = 64  # a quarter of the range
MOST_MAPPED = 64  # images of a mapped file that are read to find the largest byte


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
