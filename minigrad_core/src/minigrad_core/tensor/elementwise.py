"""Arrays whose operators are other ones than those that gradients are for."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ..errors import ArgumentError

NO_NUMBERS = frozenset("OSUMm")  # kinds of dtypes: objects, bytes, strings, times

# The objects have operators of their own: those of tensors would be recorded one by one, and their gradients
# lost to whatever takes the array for one of numbers.
OBJECTS = (
    "an array of objects is none of numbers: np.stack(list(x)) joins tensors in it, x.astype(float) converts "
    "numbers"
)


def elementwise(array: Any) -> Any:
    """Return `array`, whose operators are those of `ndarray`.

    Raises
    ------
    ArgumentError
        It is an `np.matrix`, whose `*` is the matrix product, or masked, so that sums leave values out.
    """
    masked = sys.modules.get("numpy.ma")  # importing NumPy does not load it
    if isinstance(array, np.matrix) or (masked is not None and isinstance(array, masked.MaskedArray)):
        raise ArgumentError(
            f"a {type(array).__name__} has operators of its own, which gradients do not follow: pass a plain "
            "array, np.asarray(x) of a matrix, x.filled(value) of a masked array"
        )
    return array
