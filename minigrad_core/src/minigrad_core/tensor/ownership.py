"""Copies an array unless nothing else refers to its memory."""

from __future__ import annotations

from sys import getrefcount
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array import TRACED_TYPES


def copy_if_shared(array: Any) -> NDArray[Any]:
    """Return `array` itself if nothing else can reach its memory, else a copy.

    A gradient is shared if the operation that returned the gradient keeps a reference, if another leaf has
    the same array, or if the array is a view. Other gradients are not copied: a copy of a layer's weight
    gradient costs a tenth of a small training step. Views and buffers hold a reference to their array. So
    nothing else can reach the memory of an ndarray that has no base and one reference, that of the caller's
    variable.
    """
    owns_data = type(array) is np.ndarray and array.base is None and array.flags.owndata and array.ndim
    if owns_data and getrefcount(array) <= _SOLE_REFERENCE:
        return array
    # In a trace of `mg.compile`, NumPy's copy is recorded.
    return np.copy(array) if type(array) in TRACED_TYPES else np.array(array)


def _count_sole_reference() -> int:
    """Return the count that `copy_if_shared` sees for an array that only the caller's variable refers to.

    The count depends on the interpreter: Python 3.14 no longer counts every variable.
    """

    def count(array: NDArray[Any]) -> int:
        return getrefcount(array)

    array = np.empty(1)
    return count(array)


_SOLE_REFERENCE = _count_sole_reference()
