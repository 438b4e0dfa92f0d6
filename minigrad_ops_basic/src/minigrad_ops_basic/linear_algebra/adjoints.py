"""Transposes of the matrices in the last two axes."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array

from ..dtypes import conjugate


def transpose(x: Array) -> Array:
    """Return the matrices transposed."""
    return np.swapaxes(x, -1, -2)


def adjoint(x: Array) -> Array:
    """Return the matrices transposed, and complex ones conjugated."""
    return np.swapaxes(conjugate(x), -1, -2)
