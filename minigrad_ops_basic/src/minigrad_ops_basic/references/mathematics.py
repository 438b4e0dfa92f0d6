"""Mathematics by plain formulas, or by NumPy with the arguments of our operations."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np

from minigrad_core import Array


def clip(x: Array, lower: Array | None = None, upper: Array | None = None) -> Array:
    """Return `min(max(x, lower), upper)`."""
    y = np.array(x) if lower is None else np.maximum(x, lower)
    return y if upper is None else np.minimum(y, upper)


def fix(x: Array) -> Array:
    """Return the ceiling of what is negative, the floor of what is not."""
    return np.where(x < 0, np.ceil(x), np.floor(x))


def accumulate_lines(ufunc: np.ufunc, x: Array, *, axis: int = 0) -> Array:
    """Return the reduction of each line up to each of its places."""
    return np.concatenate([*accumulate(np.split(x, x.shape[axis], axis=axis), ufunc)], axis=axis)


def logcumsumexp(x: Array, *, axis: int = 0) -> Array:
    """Return the logarithm of the sum of exponentials up to each place."""
    return accumulate_lines(np.logaddexp, x, axis=axis)


def logsumexp(x: Any, *, axis: Any = None, keepdims: Any = False) -> Array:
    """Return the values added up as logarithms, two at a time."""
    return np.logaddexp.reduce(x, axis=axis, keepdims=keepdims)


def gradient(f: Any, *, spacing: tuple[Any, ...] = (), axis: Any = None, edge_order: Any = 1) -> Any:
    """Return NumPy's result."""
    return np.gradient(f, *spacing, axis=axis, edge_order=edge_order)


def einsum(*operands: Array, subscripts: str, optimize: Any = False) -> Array:
    """Return NumPy's result, in the order in which the operands come."""
    del optimize
    return np.einsum(subscripts, *operands)
