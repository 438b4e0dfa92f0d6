"""The phases of complex eigenvectors and singular vectors.

A vector times a complex number of length one is as good a vector. LAPACK takes the one of which one
component, always in the same place, is real, and that is a function of the matrix like any other: its
gradient is that of any vectors, pulled back through a turn that makes the component real. What does not
depend on the phase has the same gradient with and without.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array
from minigrad_core.errors import DifferentiabilityError

from ..dtypes import detach


def mask_row(n: int, place: int) -> Any:
    """Return a mask of one row of n, for every vector."""
    return np.eye(n, 1, -(place % n) if n else 0, dtype=bool)


def fix_phase(v: Array, of_v: Array, turn: Array, place: Any, *, name: str) -> Array:
    """Return the gradient of vectors of any phase, from that of the vectors of which a component is real.

    v, of_v: (..., n, k), the vectors (columns) and their gradient; turn: (..., k), the sum of vector times
    gradient over all that turns along; place: a mask, True for that component of each vector.

    Raises
    ------
    DifferentiabilityError
        The component is zero or, with another LAPACK, not real, and what is made of the vectors depends on
        the phase.
    """
    component, owed = np.sum(v * place, axis=-2), np.imag(turn)
    plain = detach(component)
    eps = np.finfo(plain.dtype).eps
    known = (abs(plain.imag) <= 100 * eps * abs(plain.real)) & (plain.real**2 > eps)
    if not known.all():
        size = np.sqrt(eps) * np.max(abs(detach(of_v)), initial=0)
        if np.any(~known & (abs(detach(owed)) > size)):
            raise DifferentiabilityError(
                f"{name}: the phase of a complex vector is LAPACK's choice, and has no gradient here. Use "
                "what does not depend on it, as abs(v) ** 2 or (v * f(w)) @ v.conj().T"
            )
    share = np.where(known, owed / np.where(known, np.real(component), 1), 0)
    return of_v + place * np.expand_dims(share * -1j, -2)
