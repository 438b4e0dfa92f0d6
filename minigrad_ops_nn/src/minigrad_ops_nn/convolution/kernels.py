"""Convolution on plain arrays: copy the windows cell by cell into columns, then take one product.

An image batch is (c, h, w, n) in memory: one cell of all windows is made of runs of w * n values, and BLAS
multiplies the columns without another copy. kernels/README.md has the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .geometry import Geometry
from .layout import move_images_first, move_images_last, pad_images

# Bytes of windows in a block. A block stays in the cache; all windows, `cells` times the input, are never in
# memory.
BLOCK = 1 << 20


def correlate(x: NDArray[Any], weight: NDArray[Any], geometry: Geometry, groups: int) -> NDArray[Any]:
    """Return (n, out, ...), images innermost in memory, for x (n, c, ...), weight (out, c / groups, ...)."""
    padded, matrix = _pad(x, geometry, groups), _weight_matrix(weight, groups)
    row = prod(geometry.out[1:]) * len(x)
    y = np.empty((groups, len(weight) // groups, geometry.out[0] * row), np.result_type(x, weight))
    for rows, columns in _iterate_blocks(padded, geometry):
        np.matmul(matrix, columns, out=y[:, :, rows.start * row : rows.stop * row])
    return move_images_first(y.reshape(len(weight), *geometry.out, len(x)))


def data_gradient(grad: NDArray[Any], weight: NDArray[Any], geometry: Geometry, groups: int) -> NDArray[Any]:
    """Return the gradient (n, c, ...) of x, given that of the output (n, out, ...)."""
    # A convolution of grad with the flipped kernel takes 0.8 of the time of the sum over cells below, with as
    # many outputs as inputs; 0.55 with half as many, 1.1 with twice as many.
    if len(weight) <= weight.shape[1] * groups and (mirror := geometry.mirror):
        return correlate(grad, _flip_kernel(weight, groups), mirror, groups)
    n, inputs, row = len(grad), weight.shape[1], prod(geometry.out[1:]) * len(grad)
    # The weight is copied: BLAS takes 1.1 of the time with a transposed left factor.
    grads, matrix = (
        _split_groups(grad, groups),
        np.ascontiguousarray(_weight_matrix(weight, groups).transpose(0, 2, 1)),
    )
    padded = np.zeros((groups, inputs, *geometry.padded_size, n), np.result_type(grad, weight))
    for rows in _iterate_ranges(geometry, groups * inputs * n * padded.itemsize):
        part = grads[:, :, rows.start * row : rows.stop * row]
        # With one output for each group this is an outer product, for which BLAS takes five times as long.
        columns = matrix @ part if matrix.shape[2] > 1 else matrix * part
        count = rows.stop - rows.start
        columns = columns.reshape(groups, geometry.cells, inputs, count, *geometry.out[1:], n)
        for cell, window in enumerate(geometry.windows(rows)):
            padded[:, :, *window] += columns[:, cell]
    inner = padded[:, :, *geometry.inner]
    return move_images_first(inner.reshape(groups * inputs, *geometry.size, n))


def weight_gradient(x: NDArray[Any], grad: NDArray[Any], geometry: Geometry, groups: int) -> NDArray[Any]:
    """Return the gradient (out, c / groups, ...) of the weight."""
    padded, grads = _pad(x, geometry, groups), _split_groups(grad, groups)
    outputs, inputs, row = grad.shape[1], x.shape[1] // groups, prod(geometry.out[1:]) * len(x)
    # The sum is transposed: BLAS takes 0.9 of the time with the longer factor on the left.
    total = np.zeros((groups, geometry.cells * inputs, outputs // groups), np.result_type(x, grad))
    for rows, columns in _iterate_blocks(padded, geometry):
        total += columns @ grads[:, :, rows.start * row : rows.stop * row].transpose(0, 2, 1)
    by_cell = total.reshape(groups, geometry.cells, inputs, outputs // groups)
    return by_cell.transpose(0, 3, 2, 1).reshape(outputs, inputs, *geometry.kernel)


def _pad(x: NDArray[Any], geometry: Geometry, groups: int) -> NDArray[Any]:
    """Return x as (groups, c / groups, *padded size, n)."""
    padded = np.ascontiguousarray(pad_images(x, geometry))
    return padded.reshape(groups, x.shape[1] // groups, *padded.shape[1:])


def _weight_matrix(weight: NDArray[Any], groups: int) -> NDArray[Any]:
    """Return (groups, out / groups, cells * c / groups), cell-major like the columns."""
    outputs, inputs = weight.shape[:2]
    by_cell = weight.reshape(outputs, inputs, -1).transpose(0, 2, 1)
    return np.ascontiguousarray(by_cell.reshape(groups, outputs // groups, -1))  # BLAS takes no flipped axes


def _flip_kernel(weight: NDArray[Any], groups: int) -> NDArray[Any]:
    """Return the flipped kernel (c, out / groups, ...), whose inputs are the outputs."""
    outputs, inputs, *kernel = weight.shape
    swapped = weight.reshape(groups, outputs // groups, inputs, *kernel).swapaxes(1, 2)
    flipped = np.flip(swapped, axis=tuple(range(3, swapped.ndim)))
    return flipped.reshape(groups * inputs, outputs // groups, *kernel)


def _split_groups(grad: NDArray[Any], groups: int) -> NDArray[Any]:
    """Return (groups, out / groups, positions * n)."""
    return move_images_last(grad).reshape(groups, grad.shape[1] // groups, -1)


def _iterate_blocks(padded: NDArray[Any], geometry: Geometry) -> Iterator[tuple[slice, NDArray[Any]]]:
    """Yield each block of rows, and its windows (groups, cells * c / groups, positions * n)."""
    groups, inputs, n = padded.shape[0], padded.shape[1], padded.shape[-1]
    buffer = np.empty(0, padded.dtype)
    for rows in _iterate_ranges(geometry, groups * inputs * n * padded.itemsize):
        shape = (groups, geometry.cells, inputs, rows.stop - rows.start, *geometry.out[1:], n)
        # All blocks share the buffer of the first, which is the largest: fresh memory costs a fault for each
        # page.
        buffer = buffer if len(buffer) else np.empty(prod(shape), padded.dtype)
        columns = buffer[: prod(shape)].reshape(shape)
        for cell, window in enumerate(geometry.windows(rows)):
            columns[:, cell] = padded[:, :, *window]
        yield rows, columns.reshape(groups, geometry.cells * inputs, -1)


def _iterate_ranges(geometry: Geometry, each: int) -> Iterator[slice]:
    """Yield slices of the rows of windows (the output's first axis) that fill a block.

    each: the bytes of one cell of one window, over all channels and images.
    """
    row = geometry.cells * prod(geometry.out[1:]) * each
    step = max(1, BLOCK // max(row, 1))
    for start in range(0, geometry.out[0], step):
        yield slice(start, min(start + step, geometry.out[0]))
