"""The axes of reductions."""

from __future__ import annotations

from math import prod
from typing import TypeAlias

from numpy.lib.array_utils import normalize_axis_tuple

from minigrad_core import Array

Axis: TypeAlias = int | tuple[int, ...] | None


def normalize_axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    """Return the reduced axes as non-negative numbers, all axes for None.

    Quantiles also take a list or an array. As in NumPy, a 0-d array may be reduced over axis 0 or -1.

    Raises
    ------
    numpy.exceptions.AxisError
        An axis is out of range.
    ValueError
        An axis is given twice.
    """
    if axis is None:
        return tuple(range(ndim))
    if ndim == 0 and axis in (0, -1):
        return ()
    return tuple(normalize_axis_tuple(axis, ndim))


def count_values(shape: tuple[int, ...], axis: Axis) -> int:
    """Return the number of values that are reduced to each result."""
    return prod(shape[a] for a in normalize_axes(axis, len(shape)))


def restore_axes(result: Array, axis: Axis, ndim: int, keepdims: bool) -> Array:
    """Return the result of a reduction with axes of size one for the reduced axes.

    It then broadcasts with the input, which has `ndim` axes. A result without axes broadcasts as it is.
    """
    if keepdims or result.ndim == 0:
        return result
    shape = list(result.shape)
    for a in sorted(normalize_axes(axis, ndim)):
        shape.insert(a, 1)
    return result.reshape(tuple(shape))
