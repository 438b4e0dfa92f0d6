"""The plain values behind an array of the contract."""

from __future__ import annotations

from typing import Any

from minigrad_core import Tensor


def raw(x: Any) -> Any:
    """Return the values, cut from every graph: for decisions, never for results."""
    return x.numpy() if isinstance(x, Tensor) else x


def in_type(x: Any, dtype: Any) -> Any:
    """Return an array of another type in `dtype`, for gradient rules: differences of integers wrap around."""
    return x.astype(dtype) if hasattr(x, "dtype") and x.dtype != dtype else x
