"""Rows brought to mean 0 and variance 1: what batch, layer and group norm share.

Each norm is a view of its input as rows (r, d). The means are products with a constant column: BLAS reads
each row once, while `sum(axis=-1)` starts a loop for each row. `*=` and the like are for arrays that were
made here; on a Tensor they are out of place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..floating import floating
from ..raw import is_raw
from ..ready import ones

if TYPE_CHECKING:
    from minigrad_core import Array


def standardized(rows: Any, eps: float) -> tuple[Array, Array, Array, Array]:
    """Return (normal, inverse, mean, variance) with normal = (rows - mean) * inverse.

    inverse = 1 / sqrt(variance + eps), each of the last three (r, 1); the variance is the biased one.
    """
    rows = floating(rows)
    mean = row_means(rows)
    normal = rows - mean
    variance = mean_of_product(normal, normal)
    inverse = 1 / np.sqrt(variance + eps)
    normal *= inverse
    return normal, inverse, mean, variance


def standardized_gradient(grad: Any, normal: Any, inverse: Any) -> Array:
    """Return the gradient of the rows: inverse * (grad - mean(grad) - normal * mean(grad * normal))."""
    result = normal * -mean_of_product(grad, normal)
    result += grad
    result -= row_means(grad)
    result *= inverse
    return result


def row_means(rows: Any) -> Array:
    """Return the means (r, 1) of the rows (r, d)."""
    sums = rows @ ones(rows.shape[1], rows.dtype)
    return sums[:, None] / max(rows.shape[1], 1)


def mean_of_product(a: Any, b: Any) -> Array:
    """Return the means (r, 1) of a * b (r, d) over each row; vecdot makes no array of the products."""
    if is_raw(a, b):
        return np.vecdot(a, b)[:, None] / max(a.shape[1], 1)
    return row_means(a * b)


def column_sums(a: Any, b: Any = None) -> Array:
    """Return the sums (d,) of a, or of a * b (r, d), over the rows, in half the time of `sum(axis=0)`."""
    if not is_raw(a, b):
        return (a if b is None else a * b).sum(axis=0)
    return ones(len(a), a.dtype) @ a if b is None else np.einsum("ij,ij->j", a, b)


def plus(ours: Any, bias: Any) -> Array:
    """Return the sum, in place where that keeps the dtype of the first array, which is ours."""
    if ours.dtype is bias.dtype:
        ours += bias
        return ours
    return ours + bias
