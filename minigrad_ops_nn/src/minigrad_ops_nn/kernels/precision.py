"""The floating point type to compute in.

Sums and squares of whole numbers, such as the bytes of an image, wrap around; those of half precision
overflow, and a count of more than 65,504 does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array

_SINGLE = np.dtype(np.float32)


def to_floating(x: Any, *others: Any) -> Any:
    """Return whole numbers in the type that NumPy gives them beside float32 and the others; other arrays, and
    Python's numbers, as they are.
    """
    if hasattr(x, "dtype") and x.dtype.kind in "iub":
        return x.astype(np.result_type(np.float32, x, *(other for other in others if other is not None)))
    return x


def to_single(x: Any, *others: Any) -> Any:
    """Return whole numbers as `to_floating` does, and half precision as single precision."""
    return x.astype(np.float32) if getattr(x, "dtype", _SINGLE).char == "e" else to_floating(x, *others)


def restore_half(y: Array, *inputs: Array | None) -> Array:
    """Return what was computed in single precision in half precision, if the inputs were in it all."""
    for x in inputs:  # not all() of a generator: mostly the first one answers
        if x is not None and getattr(x, "dtype", _SINGLE).char != "e":
            return y
    return y.astype(np.float16)
