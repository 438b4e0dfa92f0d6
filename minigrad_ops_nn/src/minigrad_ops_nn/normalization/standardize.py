"""Rows brought to mean 0 and variance 1: what batch, layer and group norm share.

Each norm is a view of its input as rows (r, d). The means are products with a constant column: BLAS reads
each row once, while `sum(axis=-1)` starts a loop for each row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..raw import is_raw

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from minigrad_core import Array


def standardized(rows: Any, eps: float) -> tuple[Array, Array, Array, Array]:
    """Return (normal, inverse, mean, variance) with normal = (rows - mean) * inverse.

    inverse = 1 / sqrt(variance + eps), each of the last three (r, 1); the variance is the biased one.
    """
    share = shares(rows.shape[1], rows.dtype)
    mean = rows @ share
    centered = rows - mean
    variance = (centered * centered) @ share
    inverse = 1 / np.sqrt(variance + eps)
    return _times(centered, inverse), inverse, mean, variance


def standardized_gradient(grad: Any, normal: Any, inverse: Any) -> Array:
    """Return the gradient of the rows: inverse * (grad - mean(grad) - normal * mean(grad * normal))."""
    share = shares(grad.shape[1], grad.dtype)
    product = grad * normal
    along = product @ share
    result = grad - grad @ share
    if is_raw(result, normal):
        np.multiply(normal, along, out=product)
        result -= product
        result *= inverse
        return result
    return inverse * (result - normal * along)


def shares(d: int, dtype: DTypeLike) -> NDArray[Any]:
    """Return the column (d, 1) whose product with a row is the row's mean."""
    return np.full((d, 1), 1 / max(d, 1), dtype)


def _times(ours: Any, factor: Any) -> Array:
    """Return the product, in place where the first array, which is ours, is plain."""
    if is_raw(ours, factor):
        ours *= factor
        return ours
    return ours * factor
