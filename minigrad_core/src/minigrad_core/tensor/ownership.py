"""Whether an array can be kept without a copy, since nothing else refers to its memory."""

from __future__ import annotations

from sys import getrefcount
from typing import Any

import numpy as np
from numpy.typing import NDArray


def copy_if_shared(array: Any) -> NDArray[Any]:
    """Return `array` itself if nothing else can reach its memory, else a copy.

    A gradient that an operation returned may also be in its hands, in another leaf's, or be a view. The copy
    of a layer's weight gradient costs a tenth of a small training step, so it is made only where needed:
    an ndarray that has no base and no reference but the caller's variable is reachable by nobody else, since
    views and buffers hold a reference to it.
    """
    whole = type(array) is np.ndarray and array.base is None and array.flags.owndata and array.ndim
    if whole and getrefcount(array) <= _SOLE_REFERENCE:
        return array
    return np.array(array)


def _count_sole_reference() -> int:
    """Return the count that `copy_if_shared` sees for an array that only the caller's variable holds.

    It is the interpreter's affair: 3.14 no longer counts every variable.
    """

    def count(array: NDArray[Any]) -> int:
        return getrefcount(array)

    array = np.empty(1)
    return count(array)


_SOLE_REFERENCE = _count_sole_reference()
