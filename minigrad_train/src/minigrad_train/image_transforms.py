"""Random changes of images that keep their class: flips, shifts, rotations and crops.

A function takes images (n, channels, height, width) and `draw`: `draw(k)` returns k numbers in [0, 1) for
each image, (n, k). It returns as many images of the same shape and dtype.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Draw: TypeAlias = Callable[[int], NDArray[np.float32]]


def flip(images: NDArray[Any], draw: Draw) -> NDArray[Any]:
    """Return the images, each exchanged left and right with probability 1/2."""
    return _choose(draw, images[:, :, :, ::-1], images)


def flip_vertically(images: NDArray[Any], draw: Draw) -> NDArray[Any]:
    """Return the images, each exchanged top and bottom with probability 1/2."""
    return _choose(draw, images[:, :, ::-1], images)


def _choose(draw: Draw, changed: NDArray[Any], images: NDArray[Any]) -> NDArray[Any]:
    return np.where(draw(1)[:, :, None, None] < 0.5, changed, images)


def shift(images: NDArray[Any], draw: Draw, pixels: int) -> NDArray[Any]:
    """Return the images, moved by a whole number of pixels in [-pixels, pixels] down and to the right.

    The pixels of the edge fill the border that becomes free.
    """
    _, _, height, width = images.shape
    offsets = np.floor(draw(2) * (2 * pixels + 1)).astype(int) - pixels
    rows = (np.arange(height) - offsets[:, :1]).clip(0, height - 1)
    columns = (np.arange(width) - offsets[:, 1:]).clip(0, width - 1)
    index = np.arange(len(images))[:, None, None]
    return images[index, :, rows[:, :, None], columns[:, None, :]].transpose(0, 3, 1, 2)


def rotate(images: NDArray[Any], draw: Draw, degrees: float) -> NDArray[Any]:
    """Return the images, rotated about their center by an angle in [-degrees, degrees]."""
    _, _, height, width = images.shape
    angle = np.deg2rad((2 * draw(1)[:, :, None] - 1) * degrees)
    down = np.arange(height)[:, None] - (height - 1) / 2
    right = np.arange(width) - (width - 1) / 2
    cosine, sine = np.cos(angle), np.sin(angle)
    rows = cosine * down + sine * right + (height - 1) / 2
    columns = cosine * right - sine * down + (width - 1) / 2
    return _interpolate(images, rows, columns)


def crop(images: NDArray[Any], draw: Draw, least: float) -> NDArray[Any]:
    """Return a part of each image, scaled to the size of the image.

    Height and width of a part are a share of the image in [least, 1], and its place is random.
    """
    _, _, height, width = images.shape
    drawn = draw(3)[:, :, None]
    share = least + (1 - least) * drawn[:, 0]
    top, left = (drawn[:, axis] * (1 - share) for axis in (1, 2))
    rows = top * (height - 1) + share * np.arange(height)
    columns = left * (width - 1) + share * np.arange(width)
    return _interpolate(images, rows[:, :, None], columns[:, None, :])


def _interpolate(images: NDArray[Any], rows: NDArray[Any], columns: NDArray[Any]) -> NDArray[Any]:
    """Return the values of images at points between their pixels, by bilinear interpolation.

    rows, columns: broadcast to (n, height, width). A point outside has the value of the nearest pixel.
    """
    _, _, height, width = images.shape
    rows, columns = rows.clip(0, height - 1), columns.clip(0, width - 1)
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    bottom, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    down, across = ((rows - top).astype(images.dtype), (columns - left).astype(images.dtype))
    index = np.arange(len(images))[:, None, None]
    planes = images.transpose(0, 2, 3, 1)  # an index of the first axes keeps the channels together
    down, across = down[..., None], across[..., None]
    above = planes[index, top, left] * (1 - across) + planes[index, top, right] * across
    below = planes[index, bottom, left] * (1 - across) + planes[index, bottom, right] * across
    return (above * (1 - down) + below * down).transpose(0, 3, 1, 2)
