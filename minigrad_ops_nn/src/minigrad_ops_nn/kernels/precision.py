"""Conversions to the floating point dtype that a kernel computes in.

Sums and squares of whole numbers, such as the bytes of an image, wrap around. In half precision they
overflow, and so does a count above 65,504.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array

_SINGLE = np.dtype(np.float32)


def to_floating(x: Any, *others: Any) -> Any:
    """Return x in floating point: whole numbers take NumPy's result type with float32 and the others.

    Floating point arrays and Python numbers are returned as they are.
    """
    if hasattr(x, "dtype") and x.dtype.kind in "iub":
        return x.astype(np.result_type(np.float32, x, *(other for other in others if other is not None)))
    return x


def to_single(x: Any, *others: Any) -> Any:
    """Return x in floating point, as `to_floating` does, and half precision as single precision."""
    return x.astype(np.float32) if getattr(x, "dtype", _SINGLE).char == "e" else to_floating(x, *others)


def restore_half(y: Array, *inputs: Array | None) -> Array:
    """Return y in half precision if all inputs that are not None were, else y itself."""
    for x in inputs:  # faster than all() of a generator: usually the first input decides
        if x is not None and getattr(x, "dtype", _SINGLE).char != "e":
            return y
    return y.astype(np.float16)
