"""Values at some positions of a sequence, such as the differentiable inputs of a call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def replace_at(values: Sequence[Any], positions: Sequence[int], new_values: Iterable[Any]) -> list[Any]:
    """Return `values` as a list, with `new_values` at `positions`.

    >>> replace_at(["a", "b", "c"], [0, 2], ["x", "y"])
    ['x', 'b', 'y']
    """
    replaced = list(values)
    for position, value in zip(positions, new_values, strict=True):
        replaced[position] = value
    return replaced


def place_at(positions: Sequence[int], values: Iterable[Any], count: int) -> tuple[Any, ...]:
    """Return a tuple of length `count` with `values` at `positions`, and None elsewhere.

    >>> place_at([1], ["x"], 3)
    (None, 'x', None)
    """
    return tuple(replace_at([None] * count, positions, values))
