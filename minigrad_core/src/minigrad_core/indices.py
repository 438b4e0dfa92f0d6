"""Positions that an index names: which of them it can repeat, and which value is written last."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .array import unbroadcast

if TYPE_CHECKING:
    from .array import Array, Shape


def may_repeat(index: Any) -> bool:
    """Return whether an index can name a position twice: it has parts other than slices, integers and masks.

    Examples
    --------
    >>> may_repeat((slice(1, 3), 0)), may_repeat([0, 2, 0])
    (False, True)
    """
    return any(map(_may_repeat, index if isinstance(index, tuple) else (index,)))


def _may_repeat(part: Any) -> bool:
    if part is None or part is Ellipsis or isinstance(part, (slice, int, np.integer)):
        return False
    dtype = getattr(part, "dtype", None)  # an array in a trace has a dtype, and is no ndarray
    return (np.asarray(part).dtype if dtype is None else dtype).kind != "b"


def find_positions(shape: Shape, index: Any) -> NDArray[np.intp]:
    """Return the flat position of each value of the index; a negative position counts from the end."""
    if len(shape) == 1 and isinstance(index, np.ndarray) and index.dtype.kind == "i":
        return index
    return np.asarray(np.arange(prod(shape)).reshape(shape)[index])


def find_last_writes(shape: Shape, index: Any) -> NDArray[np.bool_] | None:
    """Return which of the values that are written at `index` stay; None if no position is named twice.

    Examples
    --------
    >>> find_last_writes((3,), [0, 2, 0])
    array([False,  True,  True])
    """
    if not may_repeat(index):
        return None
    positions = find_positions(shape, index)
    order = np.arange(positions.size).reshape(positions.shape)
    last = np.empty(prod(shape), order.dtype)
    last[positions] = order
    return np.asarray(last[positions] == order)


def pull_back_written(grad: Array, index: Any, last_writes: NDArray[np.bool_] | None, shape: Shape) -> Array:
    """Return the gradient of values of `shape` that were written at `index`; it may be a view of `grad`.

    last_writes: the result of `find_last_writes`; a value that another one overwrote has the gradient 0.
    """
    part = grad[index]
    if last_writes is not None:
        part = np.where(last_writes, part, 0)
    aligned = shape[max(len(shape) - part.ndim, 0) :]  # NumPy drops leading axes of size 1
    return np.reshape(unbroadcast(part, aligned), shape)
