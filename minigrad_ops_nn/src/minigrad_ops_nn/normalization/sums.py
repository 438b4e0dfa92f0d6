"""Means of rows and sums of columns, as products with ones.

BLAS reads each row once, while `sum(axis=-1)` starts a loop for each row.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array

from ..kernels.constants import ones
from ..kernels.ndarrays import are_ndarrays


def row_means(rows: Any) -> Array:
    """Return the means (r, 1) of the rows (r, d)."""
    sums = rows @ ones(rows.shape[1], rows.dtype)
    return sums[:, None] / max(rows.shape[1], 1)


def mean_of_product(a: Any, b: Any) -> Array:
    """Return the means (r, 1) of each row of a * b (r, d); vecdot makes no array of the products."""
    if are_ndarrays(a, b):
        return np.vecdot(a, b)[:, None] / max(a.shape[1], 1)
    return row_means(a * b)


def column_sums(a: Any, b: Any = None) -> Array:
    """Return the sums (d,) of a, or of a * b (r, d), over the rows, in half the time of `sum(axis=0)`."""
    if not are_ndarrays(a, b):
        return (a if b is None else a * b).sum(axis=0)
    return ones(len(a), a.dtype) @ a if b is None else np.einsum("ij,ij->j", a, b)
