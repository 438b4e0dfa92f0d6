"""Whole numbers as they are meant: none of them wraps around, or is rounded to half precision."""

from __future__ import annotations

from typing import Any

import numpy as np


def to_floats(x: Any) -> Any:
    """Return whole numbers in the type that NumPy gives them beside float32, others as they are."""
    return x if x.dtype.kind == "f" else x.astype(np.result_type(np.float32, x))
