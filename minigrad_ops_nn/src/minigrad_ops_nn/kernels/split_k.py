"""Products of a small batch and a tall weight in pieces, and of a large batch in the faster order.

OpenBLAS copies both operands into blocks before it multiplies. For few rows the copy takes as long as the
product. On processors with AVX-512 it copies nothing for up to 100**3 multiplications. README.md has
measurements.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array

from .cpu import has_avx512

UNCOPIED = 100**3
FEW_ROWS = 32
MANY_ROWS = 1024
DEEPEST = 128
SHALLOWEST = 16
SMALL_RESULT = 8192
WHOLE = UNCOPIED // FEW_ROWS if has_avx512() else inf


def multiply(x: Array, weight: Array) -> Array:
    """Return x (m, k) @ weight (k, n)."""
    if weight.size <= WHOLE or type(x) is not np.ndarray or type(weight) is not np.ndarray:
        return _multiply_whole(x, weight)
    m, k = x.shape
    n = weight.shape[1]
    if m > FEW_ROWS or m * k * n <= UNCOPIED:
        return _multiply_whole(x, weight)
    pieces = _count_depth_pieces(m, k, n)
    if pieces == 1 or not weight.flags.c_contiguous:
        return x @ weight
    parts = x.reshape(m, pieces, -1).transpose(1, 0, 2) @ weight.reshape(pieces, -1, n)
    return np.add.reduce(parts, 0)


def data_gradient(grad: Array, weight: Array) -> Array:
    """Return grad (m, n) @ weight.T (n, k), for few rows computed as the transpose of weight @ grad.T.

    BLAS copies a transposed weight into blocks: (64, 128) by (1568, 128) takes 0.20 ms, and 0.16 transposed.
    """
    if len(grad) > 2 * FEW_ROWS or weight.size <= WHOLE:
        return _multiply_whole(grad, weight.T)
    return (weight @ grad.T).T


def _multiply_whole(x: Array, y: Array) -> Array:
    """Return x @ y; a small result by `dot`, which takes 0.5 us less, but first sets the result to zero."""
    if type(x) is np.ndarray and type(y) is np.ndarray and len(x) * y.shape[1] <= SMALL_RESULT:
        return x.dot(y)
    return x @ y


def weight_gradient(x: Array, grad: Array) -> Array:
    """Return x.T (k, m) @ grad (m, n).

    For few rows it is computed in pieces of k: for (32, 784) and (32, 100) in 0.75 of the time. For one row
    `dot` takes a fifth of the time of `@`. For a large result `@` with a second row of zeros takes 0.8 of
    the time of `dot` for (1, 784) and (1, 100), and 0.3 for (1, 512) and (1, 512): `dot` first sets the
    result to zero. For many rows in float64, a tall result is the copied transpose of grad.T @ x: with
    AVX-512 OpenBLAS is faster if its vectors lie along the longer side, and for (8192, 784) and (8192, 100)
    the product and the copy take 0.8 of the time. In float32 this order gains little for such shapes, and
    loses a fifth where both sides are multiples of a vector.
    """
    m, k = x.shape
    n = grad.shape[1]
    if type(x) is not np.ndarray or type(grad) is not np.ndarray:
        return x.T @ grad
    if m > 2 * FEW_ROWS:
        transposes = m >= MANY_ROWS and k > 2 * n and x.dtype == np.float64 and has_avx512()
        return (grad.T @ x).T.copy() if transposes else x.T @ grad
    if k * n <= WHOLE:
        return x.T.dot(grad) if m == 1 else _multiply_whole(x.T, grad)
    if m == 1:
        x, grad, m = _add_zeros(x), _add_zeros(grad), 2
    pieces = _count_row_pieces(m, k, n)
    if pieces == 1:
        return x.T @ grad
    result = np.empty((k, n), np.result_type(x, grad))  # a view would be copied by the leaf
    columns = x.reshape(m, pieces, -1).transpose(1, 2, 0)
    np.matmul(columns, grad, out=result.reshape(pieces, -1, n))
    return result


def _add_zeros(row: NDArray[Any]) -> NDArray[Any]:
    """Return `row` (1, n) and a row of zeros, in half the time of np.concatenate."""
    rows = np.zeros((2, row.shape[1]), row.dtype)
    rows[0] = row[0]
    return rows


@lru_cache(maxsize=64)
def _count_row_pieces(m: int, k: int, n: int) -> int:
    """Return the least number of equal pieces of k for which BLAS copies nothing, or 1."""
    least = max(-(-m * k * n // UNCOPIED), 1)
    return next((p for p in range(least, k // SHALLOWEST + 1) if k % p == 0), 1)


@lru_cache(maxsize=64)
def _count_depth_pieces(m: int, k: int, n: int) -> int:
    """Return the number of equal pieces of k, or 1 where one product is faster."""
    pieces = next(p for p in range(-(-k // DEEPEST), k + 1) if k % p == 0)
    depth = k // pieces
    worth_it = k >= 4 * n and depth >= DEEPEST // 2 and m * depth * n <= UNCOPIED
    return pieces if worth_it else 1
