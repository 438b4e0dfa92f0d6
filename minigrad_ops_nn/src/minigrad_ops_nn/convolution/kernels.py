"""Convolution on plain arrays: channels outermost, the windows copied cell by cell, then one product.

README.md beside this file has the reasons and the measurements.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .geometry import Geometry

# Bytes of windows at a time: they stay in the cache, and the whole, `cells` times the input, is never in
# memory.
BLOCK = 4 << 20


def correlate(x: NDArray[Any], weight: NDArray[Any], geometry: Geometry, groups: int) -> NDArray[Any]:
    """Return (n, out, ...) for x (n, c, ...), weight (out, c / groups, ...); in memory, channels are
    outermost.
    """
    padded, matrix = _padded(x, geometry), _matrix(weight, groups)
    places = prod(geometry.out)
    y = np.empty((groups, len(weight) // groups, len(x) * places), np.result_type(x, weight))
    for images, columns in _blocks(padded, geometry, groups):
        np.matmul(matrix, columns, out=y[:, :, images.start * places : images.stop * places])
    return _images_first(y.reshape(len(weight), len(x), *geometry.out))


def data_gradient(grad: NDArray[Any], weight: NDArray[Any], geometry: Geometry, groups: int) -> NDArray[Any]:
    """Return the gradient (n, c, ...) of x for that of the output (n, out, ...)."""
    n, inputs = len(grad), weight.shape[1]
    grads, matrix = _grouped(grad, groups), _matrix(weight, groups).transpose(0, 2, 1)
    padded = np.zeros((groups, inputs, n, *geometry.padded), np.result_type(grad, weight))
    places = prod(geometry.out)
    for images in _ranges(n, groups * inputs * geometry.cells * places * padded.itemsize):
        columns = matrix @ grads[:, :, images.start * places : images.stop * places]
        count = images.stop - images.start
        columns = columns.reshape(groups, geometry.cells, inputs, count, *geometry.out)
        for cell, window in enumerate(geometry.windows()):
            padded[:, :, images, *window] += columns[:, cell]
    return _images_first(padded.reshape(groups * inputs, n, *geometry.padded)[:, :, *geometry.inner])


def weight_gradient(x: NDArray[Any], grad: NDArray[Any], geometry: Geometry, groups: int) -> NDArray[Any]:
    """Return the gradient (out, c / groups, ...) of the weight."""
    padded, grads = _padded(x, geometry), _grouped(grad, groups)
    outputs, inputs, places = grad.shape[1], x.shape[1] // groups, prod(geometry.out)
    total = np.zeros((groups, outputs // groups, geometry.cells * inputs), np.result_type(x, grad))
    for images, columns in _blocks(padded, geometry, groups):
        block = grads[:, :, images.start * places : images.stop * places]
        total += block @ columns.transpose(0, 2, 1)
    by_cell = total.reshape(outputs, geometry.cells, inputs)
    return by_cell.transpose(0, 2, 1).reshape(outputs, inputs, *geometry.kernel)


def _padded(x: NDArray[Any], geometry: Geometry) -> NDArray[Any]:
    """Return x as (c, n, *padded size), which costs nothing where it came from such an array and has no
    padding.
    """
    channels = x.swapaxes(0, 1)
    if geometry.padded == geometry.size:
        return np.ascontiguousarray(channels)
    padded = np.zeros((*channels.shape[:2], *geometry.padded), x.dtype)
    padded[:, :, *geometry.inner] = channels
    return padded


def _matrix(weight: NDArray[Any], groups: int) -> NDArray[Any]:
    """Return (groups, out / groups, cells * c / groups): cell-major, as the columns are."""
    outputs, inputs = weight.shape[:2]
    by_cell = weight.reshape(outputs, inputs, -1).transpose(0, 2, 1)
    return by_cell.reshape(groups, outputs // groups, -1)


def _grouped(grad: NDArray[Any], groups: int) -> NDArray[Any]:
    """Return (groups, out / groups, n * places)."""
    return grad.swapaxes(0, 1).reshape(groups, grad.shape[1] // groups, -1)


def _images_first(x: NDArray[Any]) -> NDArray[Any]:
    return x.swapaxes(0, 1)


def _blocks(padded: NDArray[Any], geometry: Geometry, groups: int) -> Iterator[tuple[slice, NDArray[Any]]]:
    """Yield (images, windows (groups, cells * c / groups, places)) for a block of images at a time."""
    inputs, n = len(padded) // groups, padded.shape[1]
    padded = padded.reshape(groups, inputs, *padded.shape[1:])
    each = len(padded) * inputs * geometry.cells * prod(geometry.out) * padded.itemsize
    for images in _ranges(n, each):
        count = images.stop - images.start
        columns = np.empty((groups, geometry.cells, inputs, count, *geometry.out), padded.dtype)
        for cell, window in enumerate(geometry.windows()):
            columns[:, cell] = padded[:, :, images, *window]
        yield images, columns.reshape(groups, geometry.cells * inputs, -1)


def _ranges(n: int, each: int) -> Iterator[slice]:
    """Yield slices of n images, of `each` bytes, that fill a block."""
    step = max(1, BLOCK // max(each, 1))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))
