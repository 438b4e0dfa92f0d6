"""Convolution by plain formulas, for Tensors: index the windows, then take one product.

Higher derivatives run these formulas, and the tests compare the kernels with them.
"""

from __future__ import annotations

from functools import cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array

from .geometry import Geometry


def to_columns(x: Array, geometry: Geometry, fill: float = 0.0) -> Array:
    """Return the windows (n, c, cells, out) of x (n, c, *size), with `fill` in the padding."""
    n, c = x.shape[:2]
    flat = x.reshape(n, c, prod(geometry.size))
    filled = np.concatenate([flat, np.full((n, c, 1), fill, x.dtype)], axis=2)
    return filled[:, :, _input_cells(geometry)]


def from_columns(columns: Array, geometry: Geometry) -> Array:
    """Return (n, c, *size), each cell the sum of its copies in the windows: the transpose of `to_columns`."""
    n, c = columns.shape[:2]
    flat = columns.reshape(n, c, geometry.cells * prod(geometry.out))
    filled = np.concatenate([flat, np.zeros((n, c, 1), columns.dtype)], axis=2)
    return filled[:, :, _column_cells(geometry)].sum(axis=-1).reshape(n, c, *geometry.size)


def correlate(x: Array, weight: Array, geometry: Geometry, groups: int) -> Array:
    """Return (n, out, ...) for x (n, c, ...), weight (out, c / groups, ...)."""
    y = _weight_matrix(weight, groups) @ _split_groups(to_columns(x, geometry), groups)
    return y.reshape(len(x), len(weight), *geometry.out)


def data_gradient(grad: Array, weight: Array, geometry: Geometry, groups: int) -> Array:
    """Return the gradient (n, c, ...) of x, given that of the output (n, out, ...)."""
    n, outputs, positions = len(grad), grad.shape[1] // groups, prod(geometry.out)
    columns = _weight_matrix(weight, groups).transpose(0, 2, 1) @ grad.reshape(n, groups, outputs, positions)
    channels = groups * weight.shape[1]
    return from_columns(columns.reshape(n, channels, geometry.cells, positions), geometry)


def weight_gradient(x: Array, grad: Array, geometry: Geometry, groups: int) -> Array:
    """Return the gradient (out, c / groups, ...) of the weight."""
    columns = _split_groups(to_columns(x, geometry), groups).transpose(0, 1, 3, 2)
    outputs = grad.shape[1] // groups
    each = grad.reshape(len(grad), groups, outputs, prod(geometry.out)) @ columns
    return each.sum(axis=0).reshape(grad.shape[1], x.shape[1] // groups, *geometry.kernel)


def _weight_matrix(weight: Array, groups: int) -> Array:
    return weight.reshape(groups, len(weight) // groups, prod(weight.shape[1:]))


def _split_groups(columns: Array, groups: int) -> Array:
    n, c, cells, positions = columns.shape
    return columns.reshape(n, groups, c // groups * cells, positions)


@cache
def _input_cells(geometry: Geometry) -> NDArray[Any]:
    """Return (cells, out), the index of the input cell at each window's position; prod(size) in padding."""
    positions = np.full(geometry.padded_size, prod(geometry.size))
    positions[geometry.inner] = np.arange(prod(geometry.size)).reshape(geometry.size)
    return np.stack([positions[window].ravel() for window in geometry.windows()])


@cache
def _column_cells(geometry: Geometry) -> NDArray[Any]:
    """Return (size, most copies), the positions of each input cell in the columns; the last is filling."""
    positions = _input_cells(geometry).ravel()
    cells = prod(geometry.size)
    order = np.argsort(positions, kind="stable")
    counts = np.bincount(positions, minlength=cells + 1)[:cells]
    copies = np.full((cells, max(counts.max(initial=0), 1)), len(positions))
    rank = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    copies[positions[order][: counts.sum()], rank] = order[: counts.sum()]
    return copies
