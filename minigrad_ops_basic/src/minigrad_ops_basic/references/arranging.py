"""Conversions, blocks, and functions of lines and pieces: NumPy's, with the arguments of our operations."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array


def array(x: Array, *, dtype: Any = None, ndmin: int = 0) -> Array:
    """Return NumPy's result."""
    return np.array(x, dtype=dtype, ndmin=ndmin)


def astype(x: Any, *, dtype: Any, copy: bool = True) -> Array:
    """Return NumPy's result."""
    return np.astype(x, dtype, copy=copy)


def block(*blocks: Array, layout: Any) -> Array:
    """Return NumPy's result for the blocks in nested lists."""

    def nest(part: Any) -> Any:
        return blocks[part] if isinstance(part, int) else [nest(each) for each in part]

    return np.block(nest(layout))


def apply_along_axis(
    x: Array, *, func1d: Any, axis: int, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
) -> Array:
    """Return NumPy's result."""
    return np.apply_along_axis(func1d, axis, x, *args, **(kwargs or {}))


def piecewise(
    x: Array,
    *,
    condlist: Any,
    funclist: Any,
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
) -> Array:
    """Return NumPy's result."""
    return np.piecewise(x, list(condlist), list(funclist), *args, **(kwargs or {}))
