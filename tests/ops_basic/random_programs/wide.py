"""NumPy in extended precision, with linear algebra, which NumPy has in double precision only.

The functions follow their definitions, with LAPACK's choice of signs and order, for well-conditioned input.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

Wide = np.longdouble


def _solve(a: Any, b: Any) -> Any:
    """Return x with a x = b, by elimination with pivots. a: (n, n); b: (n, m)."""
    work = np.concatenate([a, b], axis=1, dtype=Wide)
    n = len(a)
    for k in range(n):
        pivot = k + int(np.argmax(np.abs(work[k:, k])))
        work[[k, pivot]] = work[[pivot, k]]
        work[k] /= work[k, k]
        rest = np.arange(n) != k
        work[rest] -= work[rest, k : k + 1] * work[k]
    return work[:, n:]


def _det(a: Any) -> Any:
    """Return the determinant, by elimination with pivots."""
    work, value = a.copy(), Wide(1)
    for k in range(len(a)):
        pivot = k + int(np.argmax(np.abs(work[k:, k])))
        work[[k, pivot]] = work[[pivot, k]]
        value *= work[k, k] if pivot == k else -work[k, k]
        work[k + 1 :] -= work[k + 1 :, k : k + 1] / work[k, k] * work[k]
    return value


def _cholesky(a: Any) -> Any:
    lower = np.zeros_like(a)
    for j in range(len(a)):
        lower[j, j] = np.sqrt(a[j, j] - np.sum(lower[j, :j] ** 2))
        lower[j + 1 :, j] = (a[j + 1 :, j] - lower[j + 1 :, :j] @ lower[j, :j]) / lower[j, j]
    return lower


def _r(a: Any) -> Any:
    """Return R of QR for columns that are independent: R^T R = A^T A, with the signs that LAPACK took."""
    signs = np.sign(np.diagonal(np.linalg.qr(a.astype(float))[1]))
    return signs[:, None] * _cholesky(a.T @ a).T


def _eigh(a: Any) -> tuple[Any, Any]:
    """Return eigenvalues and eigenvectors, from LAPACK's by one step of perturbation theory.

    V^-1 A V is diagonal but for 1e-16. Eigenvalues that are distinct are right to its square, and so are
    the vectors V (I + C) with C_ij = (V^-1 A V)_ij / (w_j - w_i).
    """
    a = np.tril(a) + np.tril(a, -1).T
    v = np.linalg.eigh(a.astype(float))[1].astype(Wide)
    t = _solve(v, a @ v)
    w = np.diagonal(t)
    gaps = w[None, :] - w[:, None] + np.eye(len(w), dtype=Wide)
    vectors = v + v @ ((t - np.diag(w)) / gaps)
    return w, vectors / np.sqrt(np.sum(vectors**2, axis=0))


def _batched(kernel: Any, signature: str) -> Any:
    outputs = signature.partition("->")[2].count("(")
    return np.vectorize(kernel, otypes=[Wide] * outputs, signature=signature)


solve_matrix = _batched(_solve, "(n,n),(n,m)->(n,m)")
det = _batched(_det, "(n,n)->()")
cholesky = _batched(_cholesky, "(n,n)->(n,n)")
eigh = _batched(_eigh, "(n,n)->(n),(n,n)")
qr_r = _batched(_r, "(m,n)->(n,n)")


def solve(a: Any, b: Any) -> Any:
    """Return x with a x = b; a one-dimensional b is a vector."""
    return solve_matrix(a, b[:, None])[..., 0] if b.ndim == 1 else solve_matrix(a, b)


def inv(a: Any) -> Any:
    """Return the inverse."""
    return solve_matrix(a, np.eye(a.shape[-1], dtype=Wide))


def pinv(a: Any) -> Any:
    """Return the pseudo-inverse of a matrix of full rank."""
    t = a.swapaxes(-1, -2)
    return inv(t @ a) @ t if a.shape[-2] >= a.shape[-1] else t @ inv(a @ t)


def eigvalsh(a: Any) -> Any:
    """Return the eigenvalues in ascending order, from the lower triangle."""
    return eigh(a)[0]


def svdvals(a: Any) -> Any:
    """Return the singular values of a matrix of full rank, the largest first."""
    t = a.swapaxes(-1, -2)
    return np.sqrt(eigvalsh(t @ a if a.shape[-2] >= a.shape[-1] else a @ t))[..., ::-1]


def svd(a: Any, compute_uv: bool) -> Any:
    """Return the singular values: programs use no vectors."""
    assert not compute_uv
    return svdvals(a)


def qr(a: Any) -> tuple[Any, Any]:
    """Return Q and R of a matrix with independent columns."""
    r = qr_r(a)
    return a @ inv(r), r


def slogdet(a: Any) -> tuple[Any, Any]:
    """Return sign and logarithm of the determinant."""
    d = det(a)
    return np.sign(d), np.log(np.abs(d))


def matrix_power(a: Any, n: int) -> Any:
    """Return the power of a matrix."""
    return np.linalg.matrix_power(inv(a) if n < 0 else a, abs(n))


def norm(x: Any, order: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return NumPy's norm; norms of singular values by `svdvals`."""
    if order not in ("nuc", 2, -2) or x.ndim < 2 or isinstance(axis, int):
        return np.linalg.norm(x, order, axis, keepdims)
    s = svdvals(x)
    value = {"nuc": s.sum(-1), 2: s[..., 0], -2: s[..., -1]}[order]
    return value[..., None, None] if keepdims else value


def interp(x: Any, xp: Any, fp: Any) -> Any:
    """Return the piecewise linear function through (xp, fp), level beyond them."""
    x = np.clip(x, xp[0], xp[-1])
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, len(xp) - 2)
    return fp[i] + (x - xp[i]) * (fp[i + 1] - fp[i]) / (xp[i + 1] - xp[i])


def matrix_norm(x: Any, *, ord: Any) -> Any:  # noqa: A002 - NumPy's
    """Return the norm of a matrix."""
    return norm(x, ord)


class _Linalg(SimpleNamespace):
    def __getattr__(self, name: str) -> Any:
        return getattr(np.linalg, name)


class _Namespace(SimpleNamespace):
    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


wide: Any = _Namespace(
    interp=interp,
    linalg=_Linalg(
        solve=solve, inv=inv, pinv=pinv, det=det, slogdet=slogdet, cholesky=cholesky,
        eigvalsh=eigvalsh, eigh=eigh, svd=svd, svdvals=svdvals, qr=qr, norm=norm,
        matrix_power=matrix_power, matrix_norm=matrix_norm,
    ),
)  # fmt: skip
