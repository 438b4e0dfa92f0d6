"""Sums over rows and over columns, and what is added to each row or multiplied by it.

Means are products with a constant column: BLAS reads each row once, while `sum(axis=-1)` starts a loop for
each row. In-place operations are for arrays that were made here; on a Tensor they are out of place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..kernels.constants import ones
from ..kernels.ndarrays import all_ndarrays

if TYPE_CHECKING:
    from minigrad_core import Array


def row_means(rows: Any) -> Array:
    """Return the means (r, 1) of the rows (r, d)."""
    sums = rows @ ones(rows.shape[1], rows.dtype)
    return sums[:, None] / max(rows.shape[1], 1)


def mean_of_product(a: Any, b: Any) -> Array:
    """Return the means (r, 1) of a * b (r, d) over each row; vecdot makes no array of the products."""
    if all_ndarrays(a, b):
        return np.vecdot(a, b)[:, None] / max(a.shape[1], 1)
    return row_means(a * b)


def column_sums(a: Any, b: Any = None) -> Array:
    """Return the sums (d,) of a, or of a * b (r, d), over the rows, in half the time of `sum(axis=0)`."""
    if not all_ndarrays(a, b):
        return (a if b is None else a * b).sum(axis=0)
    return ones(len(a), a.dtype) @ a if b is None else np.einsum("ij,ij->j", a, b)


def outer(column: Any, row: Any) -> Array:
    """Return column (r, 1) times row (d,), as a product of depth 2 whose other half is 0.

    BLAS writes it in 33 us for 512 x 768, and to multiply by it takes 32. NumPy, which starts a loop for each
    row, takes 64 to multiply by the column, 54 by the row, and 430 for a product of depth 1.
    """
    if not all_ndarrays(column, row) or column.dtype is not row.dtype or row.dtype.char not in "fd":
        return column * row
    left, right = np.zeros((len(column), 2), row.dtype), np.zeros((2, len(row)), row.dtype)
    left[:, :1], right[0] = column, row
    return left @ right


def times(ours: Any, factor: Any) -> Array:
    """Return the product, in place where that keeps the dtype of the first array, which is ours."""
    if ours.dtype is factor.dtype:
        ours *= factor
        return ours
    return ours * factor


def plus(ours: Any, bias: Any) -> Array:
    """Return the sum, in place where that keeps the dtype of the first array, which is ours."""
    if ours.dtype is bias.dtype:
        ours += bias
        return ours
    return ours + bias
