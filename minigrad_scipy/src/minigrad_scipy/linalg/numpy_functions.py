"""Functions of `scipy.linalg` that NumPy has, too: NumPy's dispatch calls the operations for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad_core.errors import ArgumentError


def det(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    """Return the determinants."""
    return np.linalg.det(a)


def norm(a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False, check_finite: bool = True) -> Any:
    """Return the norm of a matrix or vector."""
    return np.linalg.norm(a, ord, axis, keepdims)


def svd(
    a: Any,
    full_matrices: bool = True,
    compute_uv: bool = True,
    overwrite_a: bool = False,
    check_finite: bool = True,
    lapack_driver: str = "gesdd",
) -> Any:
    """Return the singular value decomposition."""
    if lapack_driver != "gesdd":
        raise ArgumentError("svd: tensors need lapack_driver='gesdd', the default")
    return tuple(np.linalg.svd(a, full_matrices)) if compute_uv else np.linalg.svdvals(a)


def svdvals(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    """Return the singular values."""
    return np.linalg.svdvals(a)


FUNCTIONS: dict[Callable[..., Any], tuple[str, ...]] = dict.fromkeys((det, norm, svd, svdvals), ("a",))
