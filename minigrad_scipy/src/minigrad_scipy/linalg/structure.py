"""The structures of matrices that `solve` and `inv` assume, and the part of the matrix that SciPy reads."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from minigrad_ops_basic.linear_algebra.hermitian import adjoint, fold_triangle, transpose

from .. import linalg

SYMMETRIC = ("sym", "symmetric")
HERMITIAN = ("her", "hermitian", "pos", "positive definite")
GENERAL = (None, "gen", "general")
_TRANSPOSED = {"upper triangular": "lower triangular", "lower triangular": "upper triangular"}


def read_matrix(a: Any, *, assume_a: str | None, lower: bool) -> Any:
    """Return the matrices that SciPy reads from `a`: the assumed structure, and zeros."""
    if assume_a in HERMITIAN or assume_a in SYMMETRIC:
        flip = adjoint if assume_a in HERMITIAN else transpose
        triangle = np.tril(a, -1) if lower else np.triu(a, 1)
        diagonal = np.where(np.eye(a.shape[-1], dtype=bool), a, 0)
        return triangle + flip(triangle) + (np.real(diagonal) if assume_a in HERMITIAN else diagonal)
    match assume_a:
        case "diagonal":
            return np.where(np.eye(a.shape[-1], dtype=bool), a, 0)
        case "tridiagonal":
            return np.triu(np.tril(a, 1), -1)
        case "upper triangular":
            return np.triu(a)
        case "lower triangular":
            return np.tril(a)
    return a


def transpose_structure(a: Any, *, assume_a: str | None, lower: bool) -> tuple[Any, dict[str, Any]]:
    """Return the array and the structure from which SciPy reads the transposed matrices."""
    swapped = _TRANSPOSED.get(assume_a or "", assume_a)
    return transpose(a), {"assume_a": swapped, "lower": not lower}


def pull_back_structure(grad: Any, *, assume_a: str | None, lower: bool) -> Any:
    """Return the gradient of the array, given that of the matrices that `read_matrix` returns."""
    if assume_a in HERMITIAN:
        return fold_triangle(grad, not lower)
    if assume_a in SYMMETRIC:
        strict = np.tril if lower else np.triu
        both = grad + transpose(grad)
        return strict(both) - np.where(np.eye(grad.shape[-1], dtype=bool), grad, 0)
    return read_matrix(grad, assume_a=assume_a, lower=lower)


@cache
def copies_other_triangle() -> bool:
    """Return whether `cho_factor` copies the triangle that it does not read, as before SciPy 1.18.1."""
    return bool(linalg.cho_factor(np.array([[1.0, 0.0], [0.5, 1.0]]))[0][1, 0])
