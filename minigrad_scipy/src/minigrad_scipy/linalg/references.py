"""Slow and obvious versions of the functions of `scipy.linalg`, with which the contract kit compares."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_ops_basic.linear_algebra.hermitian import adjoint, transpose

from .. import linalg
from .structure import copies_other_triangle, read_matrix


def cholesky(a: Any, *, lower: bool = False) -> Any:
    """Return the factor of NumPy."""
    return np.linalg.cholesky(a, upper=not lower)


def cho_factor(a: Any, *, lower: bool = False) -> Any:
    """Return the factor of NumPy in one triangle, and `a` or zeros in the other."""
    triangle = np.tril if lower else np.triu
    factor = cholesky(a, lower=lower)
    return factor + a - triangle(a) if copies_other_triangle() else factor


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
    for index in np.ndindex(a.shape[:-2]):
        for i in reversed(range(n)):
            j = piv[*index, i]
            a[*index, [i, j]] = a[*index, [j, i]]
    return _multiply(np.linalg.inv((a, transpose(a), adjoint(a))[trans]), b)


def _multiply(matrix: Any, b: Any) -> Any:
    return (matrix @ b[:, None])[..., 0] if b.ndim == 1 else matrix @ b


def expand_band(ab: Any, u: int) -> Any:
    """Return the matrices with the diagonals ab."""
    n = ab.shape[-1]
    a = np.zeros((*ab.shape[:-2], n, n), ab.dtype)
    for i in range(n):
        for j in range(n):
            if 0 <= u + i - j < ab.shape[-2]:
                a[..., i, j] = ab[..., u + i - j, j]
    return a


def solve_banded(ab: Any, b: Any, *, l_and_u: tuple[int, int]) -> Any:
    """Return the inverse of the matrix times b."""
    return _multiply(np.linalg.inv(expand_band(ab, l_and_u[1])), b)


def solveh_banded(ab: Any, b: Any, *, lower: bool = False) -> Any:
    """Return the inverse of the matrix times b."""
    a = expand_band(ab, 0 if lower else ab.shape[-2] - 1)
    return solve(a, b, assume_a="pos", lower=lower)


def cho_solve_banded(cb: Any, b: Any, *, lower: bool) -> Any:
    """Return the inverse of the matrix times b."""
    return cho_solve(expand_band(cb, 0 if lower else cb.shape[-2] - 1), b, lower=lower)


def solve_toeplitz(c: Any, r: Any, b: Any) -> Any:
    """Return the inverse of the matrix times b."""
    return _multiply(np.linalg.inv(linalg.toeplitz(c, r)), b)


def inv(a: Any, *, assume_a: str | None = None, lower: bool = False) -> Any:
    """Return the solution of a system with the unit matrix."""
    return np.linalg.solve(read_matrix(a, assume_a=assume_a, lower=lower), np.eye(a.shape[-1], dtype=a.dtype))


def pinv(a: Any, *, atol: float | None = None, rtol: float | None = None) -> Any:
    """Return the pseudo-inverse of NumPy, with the same tolerance for each matrix."""
    if rtol is None:
        rtol = 0.0 if atol else float(np.finfo(a.dtype).eps) * max(a.shape[-2:])
    largest = np.linalg.norm(a, 2, axis=(-2, -1))
    cut = float(rtol or 0.0) + (atol or 0.0) / np.where(largest > 0, largest, 1)
    return np.linalg.pinv(a, cut).astype(a.dtype)


def pinvh(a: Any, *, atol: float | None = None, rtol: float | None = None, lower: bool = True) -> Any:
    """Return the pseudo-inverse of the Hermitian matrix."""
    return pinv(read_matrix(a, assume_a="her", lower=lower), atol=atol, rtol=rtol)


def polar(a: Any, *, side: str = "right") -> Any:
    """Return the factors made of singular values and vectors."""
    v, s, wh = np.linalg.svd(a, full_matrices=False)
    outer = v if side == "left" else adjoint(wh)
    return v @ wh, (outer * s[..., None, :]) @ adjoint(outer)


def eigh(a: Any, b: Any = None, *, lower: bool = True, type: int = 1, driver: Any = None) -> Any:
    """Return the values of NumPy, and its vectors with the signs or phases of SciPy's."""
    whole = read_matrix(a, assume_a="her", lower=lower)
    v: Any
    if b is None:
        w, v = np.linalg.eigh(whole)
    else:
        left = np.linalg.cholesky(read_matrix(b, assume_a="her", lower=lower))
        inverse = np.linalg.inv(left)
        w, y = np.linalg.eigh(
            inverse @ whole @ adjoint(inverse) if type == 1 else adjoint(left) @ whole @ left
        )
        v = left @ y if type == 3 else adjoint(inverse) @ y
    return w, _turn(v, linalg.eigh(a, b, lower=lower, type=type)[1])


def eigvalsh(a: Any, b: Any = None, **settings: Any) -> Any:
    """Return the values of `eigh`."""
    return eigh(a, b, **settings)[0]


def eig(a: Any) -> Any:
    """Return the values and vectors of NumPy, in the order of SciPy's values."""
    w, v = np.linalg.eig(a)
    theirs, vectors = linalg.eig(a)
    order = np.argmin(np.abs(w[..., None, :] - theirs[..., :, None]), axis=-1)
    v = np.take_along_axis(v, order[..., None, :], axis=-1)
    v = _turn(v, vectors)
    v = v if np.iscomplexobj(vectors) else np.real(v)  # NumPy's are complex since 2.5
    return np.take_along_axis(w, order, axis=-1).astype(theirs.dtype), v


def eigvals(a: Any) -> Any:
    """Return the values of `eig`."""
    return eig(a)[0]


def eigh_tridiagonal(d: Any, e: Any) -> Any:
    """Return the values and vectors of the dense matrix."""
    a = np.zeros((*d.shape, d.shape[-1]), d.dtype)
    for i in range(d.shape[-1]):
        a[..., i, i] = d[..., i]
        if i:
            a[..., i, i - 1] = e[..., i - 1]
    w, v = np.linalg.eigh(a)
    return w, _turn(v, linalg.eigh_tridiagonal(d, e)[1])


def eigvalsh_tridiagonal(d: Any, e: Any) -> Any:
    """Return the values of the dense matrix."""
    return eigh_tridiagonal(d, e)[0]


def _turn(v: Any, like: Any) -> Any:
    """Return vectors times the number of absolute value 1 that makes them most like others."""
    turn = np.sum(np.conjugate(v) * like, axis=-2, keepdims=True)
    return v * turn / np.abs(turn)
