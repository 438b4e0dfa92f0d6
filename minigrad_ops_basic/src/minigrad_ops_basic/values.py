"""The plain values behind an array of the contract."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Tensor


def raw(x: Any) -> Any:
    """Return the values, cut from every graph: for decisions, never for results."""
    return x.numpy() if isinstance(x, Tensor) else x


def conjugate(x: Any) -> Any:
    """Return the conjugate of complex values; real ones as they are, not even copied."""
    return np.conjugate(x) if x.dtype.kind == "c" else x


def real_part(grad: Any, dtype: Any) -> Any:
    """Return the part of a complex gradient that is owed to real values, all of any other."""
    return np.real(grad) if grad.dtype.kind == "c" and dtype.kind != "c" else grad


def in_type(x: Any, dtype: Any) -> Any:
    """Return an array of another type in `dtype`, for gradient rules: differences of integers wrap around."""
    return x.astype(dtype) if hasattr(x, "dtype") and x.dtype != dtype else x
