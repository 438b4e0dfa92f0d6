"""Reading and writing, place by place."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array


def getitem(x: Array, *, index: Any) -> Array:
    """Return the values at the places that the index names."""
    return np.take(x, _list_places(x.shape, index))


def setitem(x: Array, y: Array, *, index: Any) -> Array:
    """Return a copy in which each place has got its value, one after the other."""
    places, flat = _list_places(x.shape, index), x.flatten()
    values = np.reshape(y, np.shape(y)[max(np.ndim(y) - places.ndim, 0) :])  # NumPy drops leading axes of 1
    for place, value in zip(places.flat, np.broadcast_to(values, places.shape).flat, strict=True):
        flat[place] = value
    return flat.reshape(x.shape)


def scatter_add(x: Array, *, shape: tuple[int, ...], index: Any) -> Array:
    """Return zeros to which each value was added, one after the other."""
    places, total = _list_places(shape, index), np.zeros(shape, x.dtype)
    for place, value in zip(places.flat, np.broadcast_to(x, places.shape).flat, strict=True):
        total.flat[place] += value
    return total


def put_along_axis(x: Array, values: Array, *, indices: Any, axis: int) -> Array:
    """Return a copy in which NumPy has put the values."""
    y = np.array(x)
    np.put_along_axis(y, indices, values, axis)
    return y


def insert(x: Array, values: Array, *, obj: Any, axis: int | None = None) -> Array:
    """Return NumPy's result."""
    return np.insert(x, obj, values, axis)


def compress(x: Array, *, condition: Any, axis: int | None = None) -> Array:
    """Return the slices whose numbers have a true condition."""
    return np.take(x, np.flatnonzero(condition), axis)


def extract(x: Array, *, condition: Any) -> Array:
    """Return the values whose numbers have a true condition."""
    return np.take(x, np.flatnonzero(condition))


def choose(*choices: Array, index: Any, mode: Any = "raise") -> Array:
    """Return NumPy's result."""
    return np.choose(index, choices, mode=mode)


def select(*choices: Array, conditions: tuple[Any, ...]) -> Array:
    """Return the default, overwritten by each choice whose condition holds, the first one last."""
    *others, y = choices
    for condition, choice in reversed(list(zip(conditions, others, strict=True))):
        y = np.where(condition, choice, y)
    return y


def _list_places(shape: tuple[int, ...], index: Any) -> Any:
    """Return the numbers of the places that the index names."""
    return np.asarray(np.arange(np.prod(shape, dtype=np.intp)).reshape(shape)[index])
