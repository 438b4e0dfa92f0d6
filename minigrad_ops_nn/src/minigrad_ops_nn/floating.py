"""Whole numbers, such as the bytes of an image, in floating point: their own sums and squares wrap around."""

from __future__ import annotations

from typing import Any

import numpy as np


def floating(x: Any) -> Any:
    """Return whole numbers in the type that NumPy gives them beside float32, other arrays, and Python's
    numbers, as they are.
    """
    whole = hasattr(x, "dtype") and x.dtype.kind in "iub"
    return x.astype(np.result_type(x, np.float32)) if whole else x
