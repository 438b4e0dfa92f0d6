"""The kernel of layer norm and group norm.

A sample (c,) of x (n, c) has m rows of d = c / m values. Each row has a mean and a variance, and each of the
c values a weight and a bias. Layer norm has one row in a sample. With z the normalized x and g = grad *
weight, the gradient of x is inverse * (g - mean(g) - z * mean(g * z)).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from minigrad_core import Array

from ..kernels.constants import ones
from ..kernels.ndarrays import are_ndarrays
from .sums import row_means

# Values in a block of samples, a quarter megabyte of float32, which stays in the cache.
BLOCK = 1 << 16
# The least length of a row for which vecdot, with a call for each row, beats an array of the products.
VECDOT = 64


class NormalizedRows(NamedTuple):
    """The values that backward needs.

    centered: x minus its means (n, c); inverse: 1 / sqrt(variance + eps) of each row (n m, 1); weight: (c,)
    or None; rows: m.
    """

    centered: Any
    inverse: Any
    weight: Any
    rows: int


def normalize_rows(x: Any, weight: Any, bias: Any, rows: int, eps: float) -> tuple[Any, NormalizedRows]:
    """Return x (n, c), normalized by rows and scaled, and the values that backward needs."""
    n, c = x.shape
    if are_ndarrays(x, weight, bias):
        return _normalize_by_blocks(np.ascontiguousarray(x), weight, bias, rows, eps)
    each = x.reshape(n * rows, c // rows)
    centered = each - row_means(each)
    inverse = 1 / np.sqrt(row_means(centered * centered) + eps)
    y = (centered * inverse).reshape(n, c)
    if weight is not None:
        y = y * weight
    return y if bias is None else y + bias, NormalizedRows(centered.reshape(n, c), inverse, weight, rows)


def row_gradients(
    grad: Any, saved: NormalizedRows, needs: tuple[bool, ...]
) -> tuple[Array | None, Array, Array]:
    """Return the gradients of x (n, c), or None if it is not needed, weight and bias (c,)."""
    centered, inverse, weight, rows = saved
    if are_ndarrays(grad, *saved[:3]):
        return _gradients_by_blocks(np.ascontiguousarray(grad), saved, needs[0])
    n, c = centered.shape
    each = n * rows, c // rows
    z = centered.reshape(each) * inverse
    g = (grad if weight is None else grad * weight).reshape(each)
    gx = inverse * (g - row_means(g) - z * row_means(g * z))
    return gx.reshape(n, c), (grad * z.reshape(n, c)).sum(axis=0), grad.sum(axis=0)


def _normalize_by_blocks(x: Any, weight: Any, bias: Any, rows: int, eps: float) -> tuple[Any, NormalizedRows]:
    """Return the results of `normalize_rows` for plain arrays; products with ones are the fastest sums."""
    n, c = x.shape
    d = c // rows
    centered, inverse = np.empty(x.shape, x.dtype), np.empty((n * rows, 1), x.dtype)
    y = np.empty(x.shape, _common_dtype(x, weight, bias))
    for start, stop in _iterate_blocks(n, c):
        each_inverse, inner, outer = inverse[start * rows : stop * rows], centered[start:stop], y[start:stop]
        each, each_centered = x[start:stop].reshape(-1, d), inner.reshape(-1, d)
        means = (each @ ones(d, x.dtype))[:, None]
        means /= d
        np.subtract(each, means, out=each_centered)
        if d >= VECDOT:
            np.vecdot(each_centered, each_centered, out=each_inverse[:, 0])
        else:
            each_inverse[:, 0] = (each_centered * each_centered) @ ones(d, x.dtype)
        each_inverse /= d
        each_inverse += eps
        np.sqrt(each_inverse, out=each_inverse)
        np.divide(1, each_inverse, out=each_inverse)
        _write_factors(each_inverse, weight, rows, outer)
        outer *= inner
        if bias is not None:
            outer += bias
    return y, NormalizedRows(centered, inverse, weight, rows)


def _gradients_by_blocks(
    grad: Any, saved: NormalizedRows, needs_x: bool
) -> tuple[Array | None, Array, Array]:
    """Return the results of `row_gradients` for plain arrays."""
    centered, inverse, weight, rows = saved
    n, c = centered.shape
    d, dtype = c // rows, _common_dtype(grad, centered, weight)
    gx, gw, gb = np.empty(grad.shape, dtype) if needs_x else None, np.zeros(c, dtype), np.zeros(c, dtype)
    for start, stop in _iterate_blocks(n, c):
        g, inner, each_inverse = grad[start:stop], centered[start:stop], inverse[start * rows : stop * rows]
        product, by_row = g * inner, each_inverse.reshape(-1, rows)
        each = product.reshape(-1, rows, d)
        # A product of BLAS for each of the m rows: (m, 1, n) @ (m, n, d).
        gw += (np.ascontiguousarray(by_row.T)[:, None] @ each.swapaxes(0, 1)).reshape(c)
        gb += ones(len(g), dtype) @ g
        if gx is None:
            continue
        # The sums are multiplied by the inverse first, so that the gradient of a large x does not underflow.
        share = by_row / d
        g_term = _compute_weighted_sums(g, weight, rows) * share
        z_term = _compute_weighted_sums(product, weight, rows) * by_row * share * by_row
        np.multiply(inner.reshape(-1, rows, d), z_term[..., None], out=each)
        each += g_term[..., None]
        outer = gx[start:stop]
        _write_factors(each_inverse, weight, rows, outer)
        outer *= g
        outer -= product
    return gx, gw, gb


def _common_dtype(x: Any, *others: Any) -> Any:
    """Return the result dtype of the arrays; all but the first may be None."""
    given = [other for other in others if other is not None]
    return np.result_type(x, *given) if any(a.dtype is not x.dtype for a in given) else x.dtype


def _compute_weighted_sums(x: Any, weight: Any, rows: int) -> Any:
    """Return the sums (n, m) over the rows of x (n, m d) times weight."""
    if rows == 1 and weight is not None:
        return (x @ weight)[:, None]
    each = (x if weight is None else x * weight).reshape(len(x) * rows, -1)
    return (each @ ones(each.shape[1], each.dtype)).reshape(-1, rows)


def _write_factors(inverse: Any, weight: Any, rows: int, out: Any) -> None:
    """Write inverse (n m, 1) times weight (m d,), the factors of the centered x, to `out` (n, m d).

    For one row in a sample, a BLAS product of depth 2, with zeros in its second half, takes half the time:
    NumPy starts a loop for each row.
    """
    if rows == 1 and weight is not None:
        left, right = np.zeros((len(out), 2), inverse.dtype), np.zeros((2, len(weight)), weight.dtype)
        left[:, :1], right[0] = inverse, weight
        np.matmul(left, right, out=out)
        return
    out.reshape(len(inverse), -1)[...] = inverse
    if weight is not None:
        out *= weight


def _iterate_blocks(n: int, c: int) -> Iterator[tuple[int, int]]:
    """Yield the start and the stop of each block of samples."""
    if c == 0:
        return
    step = max(1, BLOCK // c)
    for start in range(0, n, step):
        yield start, min(start + step, n)
