"""Plain formulas, and NumPy with the arguments of our operations.

The contract kit compares each with the operation that names it as its `reference`.
"""

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
    """Return the ceiling of negative values, the floor of others."""
    return np.where(x < 0, np.ceil(x), np.floor(x))


def accumulate_lines(ufunc: np.ufunc, x: Array, *, axis: int = 0) -> Array:
    """Return the reduction of the values up to each position of the axis."""
    return np.concatenate([*accumulate(np.split(x, x.shape[axis], axis=axis), ufunc)], axis=axis)


def logcumsumexp(x: Array, *, axis: int = 0) -> Array:
    """Return the logarithm of the sum of exponentials up to each position."""
    return accumulate_lines(np.logaddexp, x, axis=axis)


def logsumexp(x: Any, *, axis: Any = None, keepdims: Any = False) -> Array:
    """Return the sum of exponentials, added up two at a time, as a logarithm."""
    return np.logaddexp.reduce(x, axis=axis, keepdims=keepdims)


def gradient(f: Any, *, spacing: tuple[Any, ...] = (), axis: Any = None, edge_order: Any = 1) -> Any:
    """Return NumPy's result."""
    return np.gradient(f, *spacing, axis=axis, edge_order=edge_order)


def einsum(*operands: Array, subscripts: str, optimize: Any = False) -> Array:
    """Return NumPy's result, contracted in the order of the operands."""
    del optimize
    return np.einsum(subscripts, *operands)


def getitem(x: Array, *, index: Any) -> Array:
    """Return the values at the positions of the index."""
    return np.take(x, _list_positions(x.shape, index))


def setitem(x: Array, y: Array, *, index: Any) -> Array:
    """Return a copy, written position by position."""
    positions, flat = _list_positions(x.shape, index), x.flatten()
    values = np.reshape(y, np.shape(y)[max(np.ndim(y) - positions.ndim, 0) :])  # NumPy drops leading 1s
    for position, value in zip(positions.flat, np.broadcast_to(values, positions.shape).flat, strict=True):
        flat[position] = value
    return flat.reshape(x.shape)


def scatter_add(x: Array, *, shape: tuple[int, ...], index: Any) -> Array:
    """Return zeros to which the values are added one by one."""
    positions, total = _list_positions(shape, index), np.zeros(shape, x.dtype)
    for position, value in zip(positions.flat, np.broadcast_to(x, positions.shape).flat, strict=True):
        total.flat[position] += value
    return total


def put_along_axis(x: Array, values: Array, *, indices: Any, axis: int) -> Array:
    """Return a copy, written by NumPy."""
    y = np.array(x)
    np.put_along_axis(y, indices, values, axis)
    return y


def insert(x: Array, values: Array, *, obj: Any, axis: int | None = None) -> Array:
    """Return NumPy's result."""
    return np.insert(x, obj, values, axis)


def compress(x: Array, *, condition: Any, axis: int | None = None) -> Array:
    """Return the slices for which the condition holds."""
    return np.take(x, np.flatnonzero(condition), axis)


def extract(x: Array, *, condition: Any) -> Array:
    """Return the values for which the condition holds."""
    return np.take(x, np.flatnonzero(condition))


def choose(*choices: Array, index: Any, mode: Any = "raise") -> Array:
    """Return NumPy's result."""
    return np.choose(index, choices, mode=mode)


def select(*choices: Array, conditions: tuple[Any, ...]) -> Array:
    """Return the default, overwritten by the choices where their conditions hold, the first choice last."""
    *others, y = choices
    for condition, choice in reversed(list(zip(conditions, others, strict=True))):
        y = np.where(condition, choice, y)
    return y


def _list_positions(shape: tuple[int, ...], index: Any) -> Any:
    """Return the flat positions of the index."""
    return np.asarray(np.arange(np.prod(shape, dtype=np.intp)).reshape(shape)[index])


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
