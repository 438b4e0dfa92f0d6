"""Vectors that belong to equal eigenvalues or singular values.

They can be turned within the space that they span, so they have no derivative. What is made of them may have
one, but not one that the vectors' own gradient tells: for v f(w) v^T it is f', which is lost when f(w) is all
that is seen. So a gradient that asks for it is refused; a wrong number would look like any other.
"""

from __future__ import annotations

import numpy as np

from minigrad_core import Array

from ..dtypes import detach


def share_evenly(values: Array, grad: Array) -> Array:
    """Return the gradient of the values, equal ones in even shares: what then comes of it does not depend on
    the choice of their vectors.
    """
    plain = detach(values)
    same = plain[..., :, None] == plain[..., None, :]
    if np.count_nonzero(same) <= plain.size:
        return grad
    same = same.astype(plain.real.dtype)
    return (same @ np.expand_dims(grad, -1))[..., 0] / same.sum(axis=-1)


def inverse_gaps(values: Array, *turns: Array, name: str) -> Array:
    """Return 1 / (values_j - values_i), and 0 for equal ones.

    values: (..., n); turns: (..., n, n) each, what a turn of vector j towards vector i changes.

    Raises
    ------
    numpy.linalg.LinAlgError
        A turn between vectors of equal values (to rounding) has a gradient.
    """
    gaps = np.expand_dims(values, -2) - np.expand_dims(values, -1)
    plain = detach(values)
    rounding = 4 * np.finfo(plain.dtype).eps
    equal = np.abs(detach(gaps)) <= rounding * np.max(np.abs(plain), axis=-1, initial=0)[..., None, None]
    beside = equal & ~np.eye(plain.shape[-1], dtype=bool)
    if np.any(beside):
        for turn in map(detach, turns):
            if np.any(beside & (np.abs(turn) > rounding * np.max(np.abs(turn), initial=0))):
                raise np.linalg.LinAlgError(
                    f"{name}: two values are equal, so their vectors have no gradient, and what is made of "
                    "the vectors would get a wrong one. Use the values alone, or functions without a "
                    "decomposition (np.linalg.inv, solve, cholesky, matrix_power), or move the matrix off "
                    "this point"
                )
    return np.where(equal, 0, 1 / np.where(equal, 1, gaps))
