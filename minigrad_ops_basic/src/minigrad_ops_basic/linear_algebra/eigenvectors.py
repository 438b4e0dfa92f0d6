"""Gradients of eigenvectors and singular vectors, which are not unique for equal values and complex matrices.

Vectors of equal values can be rotated within the space that they span, so they have no derivative. A function
of the vectors may have a derivative, but the gradient of the vectors does not determine this derivative: the
derivative of v f(w) v^T needs f', and only f(w) is known. The rules raise an error in this case, since a
wrong gradient would not be noticed.

A complex eigenvector times a number of absolute value one is an eigenvector, too. LAPACK returns the vector
in which the component with a certain index is real, so the vector is a function of the matrix. Its gradient
is the gradient of vectors of any phase, pulled back through a rotation that makes the component real. A
function that does not depend on the phase has the same gradient with and without this rotation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array
from minigrad_core.errors import DifferentiabilityError

from ..dtypes import detach


def share_evenly(values: Array, grad: Array) -> Array:
    """Return the gradient of the values; equal values all get the mean of their gradients.

    Then the gradient of the matrix does not depend on the choice of vectors for equal values.
    """
    plain = detach(values)
    same = plain[..., :, None] == plain[..., None, :]
    if np.count_nonzero(same) <= plain.size:
        return grad
    same = same.astype(plain.real.dtype)
    return (same @ np.expand_dims(grad, -1))[..., 0] / same.sum(axis=-1)


def invert_gaps(values: Array, *turns: Array, name: str) -> Array:
    """Return 1 / (values_j - values_i), and 0 for equal values.

    values: (..., n); turns: (..., n, n) each, the gradient of a rotation of vector j towards vector i.

    Raises
    ------
    numpy.linalg.LinAlgError
        A rotation between vectors of equal values (to rounding) has a gradient.
    """
    gaps = np.expand_dims(values, -2) - np.expand_dims(values, -1)
    plain = detach(values)
    rounding = 4 * np.finfo(plain.dtype).eps
    equal = (
        np.abs(detach(gaps)) <= rounding * np.max(np.abs(plain), axis=-1, initial=0, keepdims=True)[..., None]
    )
    repeated = equal & ~np.eye(plain.shape[-1], dtype=bool)
    if np.any(repeated):
        for turn in map(detach, turns):
            if np.any(repeated & (np.abs(turn) > rounding * np.max(np.abs(turn), initial=0))):
                raise np.linalg.LinAlgError(
                    f"{name}: two values are equal, so their vectors have no gradient, and a function of the "
                    "vectors would get a wrong one. Use the values alone, or functions without a "
                    "decomposition (np.linalg.inv, solve, cholesky, matrix_power), or move the matrix off "
                    "this point"
                )
    return np.where(equal, 0, 1 / np.where(equal, 1, gaps))


def mask_row(n: int, row: int) -> Any:
    """Return a mask (n, 1) that is True in one row."""
    return np.eye(n, 1, -(row % n) if n else 0, dtype=bool)


def fix_phase(v: Array, grad_v: Array, turn: Array, real: Any, *, name: str) -> Array:
    """Return the gradient of vectors of any phase, given that of the vectors with a real component.

    v, grad_v: (..., n, k), the vectors (columns) and their gradient; turn: (..., k), the sum of vector times
    gradient over all vectors that the phase turns; real: a mask, True for the real component of each vector.

    Raises
    ------
    DifferentiabilityError
        The component is zero or, with another LAPACK, not real, and the output depends on the phase.
    """
    component, grad_phase = np.sum(v * real, axis=-2), np.imag(turn)
    plain = detach(component)
    eps = np.finfo(plain.dtype).eps
    is_real = (abs(plain.imag) <= 100 * eps * abs(plain.real)) & (plain.real**2 > eps)
    if not is_real.all():
        size = np.sqrt(eps) * np.max(abs(detach(grad_v)), initial=0)
        if np.any(~is_real & (abs(detach(grad_phase)) > size)):
            raise DifferentiabilityError(
                f"{name}: the phase of a complex vector is LAPACK's choice, and has no gradient here. Use a "
                "function that does not depend on it, such as abs(v) ** 2 or (v * f(w)) @ v.conj().T"
            )
    share = np.where(is_real, grad_phase / np.where(is_real, np.real(component), 1), 0)
    return grad_v + real * np.expand_dims(share * -1j, -2)
