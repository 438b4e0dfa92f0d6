"""Transposes of matrices, and symmetric and Hermitian matrices of which NumPy reads one triangle.

On the diagonal of a Hermitian matrix NumPy reads the real part only.
"""

from __future__ import annotations

import numpy as np

from minigrad_core import Array

from ..dtypes import conjugate


def transpose(x: Array) -> Array:
    """Return the transposes of the matrices in the last two axes."""
    return np.swapaxes(x, -1, -2)


def adjoint(x: Array) -> Array:
    """Return the conjugate transposes of the matrices in the last two axes."""
    return np.swapaxes(conjugate(x), -1, -2)


def halve_diagonal(x: Array, upper: bool = False) -> Array:
    """Return the lower (or upper) triangle, with the diagonal halved."""
    triangle = np.triu(x) if upper else np.tril(x)
    return triangle * (1 - np.eye(x.shape[-1], dtype=x.dtype) / 2)


def fold_triangle(grad: Array, upper: bool = False) -> Array:
    """Return the gradient of the triangle that is read, given the gradient of the whole symmetric matrix.

    A value off the diagonal occurs twice, in a Hermitian matrix as itself and as its conjugate.
    """
    return halve_diagonal(grad + adjoint(grad), upper)


def mirror_lower(x: Array) -> Array:
    """Return the symmetric (complex: Hermitian) matrices with the lower triangles of x."""
    half = halve_diagonal(x)
    return half + adjoint(half)
