"""Slow and obvious versions of the functions of `scipy.linalg`, with which the contract kit compares."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_ops_basic.linear_algebra.hermitian import adjoint, transpose

from .. import linalg
from .structure import read_matrix


def cholesky(a: Any, *, lower: bool = False) -> Any:
    """Return the factor of NumPy."""
    return np.linalg.cholesky(a, upper=not lower)


def cho_factor(a: Any, *, lower: bool = False) -> Any:
    """Return the factor of NumPy in one triangle, and `a` in the other."""
    triangle = np.tril if lower else np.triu
    return cholesky(a, lower=lower) + a - triangle(a)


def lu(a: Any, *, permute_l: bool = False, p_indices: bool = False) -> Any:
    """Return the factors by elimination, with the largest pivots."""
    stack = [_eliminate(matrix) for matrix in a.reshape(-1, *a.shape[-2:])]
    order, left, u = (np.stack(x).reshape(*a.shape[:-2], *x[0].shape) for x in zip(*stack, strict=True))
    p = np.eye(a.shape[-2], dtype=a.real.dtype)[order]
    if permute_l:
        return p @ left, u
    return (order.astype(np.int32) if p_indices else p), left, u


def lu_factor(a: Any) -> Any:
    """Return the factors in one array, and the interchanges of SciPy."""
    _, left, u = lu(a)
    m, n = a.shape[-2:]
    k = min(m, n)
    ones = np.eye(m, k, dtype=a.dtype)
    factors = np.zeros(a.shape, a.dtype)
    factors[..., :k] += left - ones
    factors[..., :k, :] += u
    return factors, linalg.lu_factor(a)[1]


def _eliminate(a: Any) -> tuple[Any, Any, Any]:
    m, n = a.shape
    k = min(m, n)
    order, left, u = np.arange(m), np.eye(m, dtype=a.dtype), a.copy()
    for i in range(k):
        j = i + int(np.argmax(np.abs(u[i:, i])))
        order[[i, j]], u[[i, j]] = order[[j, i]], u[[j, i]]
        left[[i, j], :i] = left[[j, i], :i]
        left[i + 1 :, i] = u[i + 1 :, i] / u[i, i] if u[i, i] else 0
        u[i + 1 :] -= np.outer(left[i + 1 :, i], u[i])
    return np.argsort(order), left[:, :k], np.triu(u[:k])


def qr(a: Any, *, mode: str = "full", pivoting: bool = False) -> Any:
    """Return the factors of NumPy, of the columns in SciPy's order."""
    order = linalg.qr(a, mode="economic", pivoting=True)[-1] if pivoting else None
    columns = a if order is None else np.take_along_axis(a, order[..., None, :], axis=-1)
    q, r = np.linalg.qr(columns, mode="reduced" if mode == "economic" else "complete")
    factors = (r,) if mode == "r" else (q, r)
    result = factors if order is None else (*factors, order)
    return result if len(result) > 1 else r


def solve(
    a: Any, b: Any, *, lower: bool = False, assume_a: str | None = None, transposed: bool = False
) -> Any:
    """Return the inverse of the matrix that SciPy reads, times b."""
    matrix = read_matrix(a, assume_a=assume_a, lower=lower)
    return _multiply(np.linalg.inv(transpose(matrix) if transposed else matrix), b)


def solve_triangular(
    a: Any, b: Any, *, trans: int | str = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    """Return the inverse of the triangle times b."""
    triangle = np.tril(a) if lower else np.triu(a)
    if unit_diagonal:
        n = a.shape[-1]
        triangle[..., range(n), range(n)] = 1
    triangle = {0: triangle, "N": triangle, 1: transpose(triangle), "T": transpose(triangle)}.get(
        trans, adjoint(triangle)
    )
    return _multiply(np.linalg.inv(triangle), b)


def cho_solve(c: Any, b: Any, *, lower: bool) -> Any:
    """Return the inverse of c^H c times b."""
    triangle = adjoint(np.tril(c)) if lower else np.triu(c)
    return _multiply(np.linalg.inv(adjoint(triangle) @ triangle), b)


def lu_solve(lu: Any, b: Any, *, piv: Any, trans: int = 0) -> Any:
    """Return the inverse of p l u times b, the rows of l u interchanged one after the other."""
    n = lu.shape[-1]
    a = (np.tril(lu, -1) + np.eye(n, dtype=lu.dtype)) @ np.triu(lu)
    for place in np.ndindex(a.shape[:-2]):
        for i in reversed(range(n)):
            j = piv[*place, i]
            a[*place, [i, j]] = a[*place, [j, i]]
    return _multiply(np.linalg.inv((a, transpose(a), adjoint(a))[trans]), b)


def _multiply(matrix: Any, b: Any) -> Any:
    return (matrix @ b[:, None])[..., 0] if b.ndim == 1 else matrix @ b
