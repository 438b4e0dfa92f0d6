"""The memory layout of image batches: an array (n, c, h, w) that is stored as (c, h, w, n).

Convolutions and pooling take slices along h and w, which are runs of many values in this layout. Elementwise
operations keep the layout, so a network stays in it until an operation flattens the images.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array

from ..kernels.ndarrays import are_ndarrays
from .geometry import Geometry


def move_images_last(x: NDArray[Any]) -> NDArray[Any]:
    """Return a view (c, ..., n) of x (n, c, ...)."""
    return x.transpose(*range(1, x.ndim), 0)


def move_images_first(x: NDArray[Any]) -> NDArray[Any]:
    """Return a view (n, c, ...) of x (c, ..., n)."""
    return x.transpose(-1, *range(x.ndim - 1))


def pad_images(x: NDArray[Any], geometry: Geometry, fill: float = 0) -> NDArray[Any]:
    """Return x (n, c, *size) as (c, *padded size, n), with `fill` in the padding; a view if there is none."""
    if geometry.padded_size == geometry.size:
        return move_images_last(x)
    shape = (x.shape[1], *geometry.padded_size, len(x))
    padded = np.full(shape, fill, x.dtype) if fill else np.zeros(shape, x.dtype)
    padded[:, *geometry.inner] = move_images_last(x)
    return padded


def store_images_innermost(x: Any) -> Array:
    """Return x (n, c, ...) with images innermost in memory, a copy if necessary; a Tensor is unchanged."""
    return move_images_first(np.ascontiguousarray(move_images_last(x))) if are_ndarrays(x) else x


def match_layout(x: Any, other: Any) -> NDArray[Any]:
    """Return x in the memory order of `other`, copied only if the orders of the axes differ."""
    if np.argsort(x.strides).tolist() == np.argsort(other.strides).tolist():
        return x
    copy = np.empty_like(other, dtype=x.dtype)
    copy[...] = x
    return copy
