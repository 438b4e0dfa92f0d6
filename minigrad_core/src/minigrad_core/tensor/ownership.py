"""Whether other objects refer to the memory of an array; a copy if they do."""

from __future__ import annotations

from sys import getrefcount
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array import TRACED_TYPES
from .reference_counts import ARGUMENT


def is_held_once(array: Any) -> bool:
    """Return whether nothing but a variable of the calling function can reach the memory of an array.

    Views and buffers hold a reference to their array. So nothing else can reach the memory of an ndarray that
    has no base and one reference, that of the variable.
    """
    owns_data = type(array) is np.ndarray and array.base is None and array.flags.owndata
    return owns_data and getrefcount(array) <= ARGUMENT


def copy_if_shared(array: Any) -> NDArray[Any]:
    """Return `array` itself if nothing else can reach its memory, else a copy.

    A gradient is shared if the operation that returned the gradient keeps a reference, if another leaf has
    the same array, or if the array is a view. Other gradients are not copied: a copy of a layer's weight
    gradient costs a tenth of a small training step.
    """
    # That of `is_held_once`: a call would hold another reference.
    owns_data = type(array) is np.ndarray and array.base is None and array.flags.owndata and array.ndim
    if owns_data and getrefcount(array) <= ARGUMENT:
        return array
    # In a trace of `mg.compile`, NumPy's copy is recorded.
    return np.copy(array) if type(array) in TRACED_TYPES else np.array(array)
