"""The products of a small batch and a tall weight, in pieces; of a large one, the way that BLAS is quicker.

OpenBLAS copies both operands into blocks before it multiplies; for few rows that takes as long as the sums,
and on processors with AVX-512 it does without up to 100**3 multiplications: README.md has measurements.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf

import numpy as np

from minigrad_core import Array

from .cpu import has_avx512

UNCOPIED = 100**3
FEW_ROWS = 32
MANY_ROWS = 1024
DEEPEST = 128
SHALLOWEST = 16
WHOLE = UNCOPIED // FEW_ROWS if has_avx512() else inf


def multiply(x: Array, weight: Array) -> Array:
    """Return x (m, k) @ weight (k, n); weights of size `WHOLE` can do without the call."""
    m, k = x.shape
    n = weight.shape[1]
    if m > FEW_ROWS or m * k * n <= UNCOPIED or type(x) is not np.ndarray or type(weight) is not np.ndarray:
        return x @ weight
    pieces = _count_depth_pieces(m, k, n)
    if pieces == 1 or not weight.flags.c_contiguous:
        return x @ weight
    parts = x.reshape(m, pieces, -1).transpose(1, 0, 2) @ weight.reshape(pieces, -1, n)
    return np.add.reduce(parts, 0)


def data_gradient(grad: Array, weight: Array) -> Array:
    """Return grad (m, n) @ weight.T (n, k), for few rows as the transpose of weight @ grad.T.

    BLAS copies the transposed weight into blocks: (64, 128) by (1568, 128) takes 0.20 ms, the other way 0.16.
    """
    if len(grad) > 2 * FEW_ROWS or weight.size <= WHOLE:
        return grad @ weight.T
    return (weight @ grad.T).T


def weight_gradient(x: Array, grad: Array) -> Array:
    """Return x.T (k, m) @ grad (m, n), for few rows in pieces of k: of (32, 784) and (32, 100) in 0.75 of the
    time. For one row np.dot takes a fifth of the time of `@`. A tall one of many rows in float64 is the
    transpose of grad.T @ x: with AVX-512, OpenBLAS is quicker where vectors lie along the longer side, and of
    (8192, 784) and (8192, 100) the product and its copy take 0.8 of the time. In float32 they gain little
    there, and lose a fifth where both sides are whole vectors.
    """
    m, k = x.shape
    n = grad.shape[1]
    if type(x) is not np.ndarray or type(grad) is not np.ndarray:
        return x.T @ grad
    if m > 2 * FEW_ROWS:
        turned = m >= MANY_ROWS and k > 2 * n and x.dtype == np.float64 and has_avx512()
        return (grad.T @ x).T.copy() if turned else x.T @ grad
    if m == 1 or k * n <= WHOLE:
        return np.dot(x.T, grad) if m == 1 else x.T @ grad
    pieces = _count_row_pieces(m, k, n)
    result = np.empty((k, n), np.result_type(x, grad))  # not a view, which a leaf would copy
    columns = x.reshape(m, pieces, -1).transpose(1, 2, 0)
    np.matmul(columns, grad, out=result.reshape(pieces, -1, n))
    return result


@lru_cache(maxsize=64)
def _count_row_pieces(m: int, k: int, n: int) -> int:
    """Return into how many equal pieces to cut k, or 1, so that none is copied."""
    least = max(-(-m * k * n // UNCOPIED), 1)
    return next((p for p in range(least, k // SHALLOWEST + 1) if k % p == 0), 1)


@lru_cache(maxsize=64)
def _count_depth_pieces(m: int, k: int, n: int) -> int:
    """Return into how many equal pieces to cut k, or 1."""
    pieces = next(p for p in range(-(-k // DEEPEST), k + 1) if k % p == 0)
    depth = k // pieces
    worth_it = k >= 4 * n and depth >= DEEPEST // 2 and m * depth * n <= UNCOPIED
    return pieces if worth_it else 1
