"""Symmetric matrices of which NumPy reads one triangle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from minigrad_core import Array


def of_triangle(grad: Array, upper: bool = False) -> Array:
    """Return the gradient of the one triangle that was read, given that of a whole symmetric matrix.

    A value beside the diagonal stands for two.
    """
    both = grad + np.swapaxes(grad, -1, -2)
    triangle = np.triu(both) if upper else np.tril(both)
    return triangle * (1 - np.eye(grad.shape[-1], dtype=grad.dtype) / 2)


def mirrored(x: Array) -> Array:
    """Return the symmetric matrices of which the lower triangles are these."""
    return np.tril(x) + np.swapaxes(np.tril(x, -1), -1, -2)
