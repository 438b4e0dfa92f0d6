"""Symmetric and Hermitian matrices of which NumPy reads one triangle, and of the diagonal the real part."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array

from .adjoints import adjoint


def halve_diagonal(x: Array) -> Array:
    """Return the lower triangle, the diagonal halved."""
    return np.tril(x) * (1 - np.eye(x.shape[-1], dtype=x.dtype) / 2)


def fold_triangle(grad: Array, upper: bool = False) -> Array:
    """Return the gradient of the one triangle that was read, given that of a whole symmetric matrix.

    A value off the diagonal occurs twice, in a Hermitian matrix as itself and as its conjugate.
    """
    both = grad + adjoint(grad)
    triangle = np.triu(both) if upper else np.tril(both)
    return triangle * (1 - np.eye(grad.shape[-1], dtype=grad.dtype) / 2)


def mirror_lower(x: Array) -> Array:
    """Return the symmetric matrices of which the lower triangles are these, Hermitian ones if complex."""
    half = halve_diagonal(x)
    return half + adjoint(half)
