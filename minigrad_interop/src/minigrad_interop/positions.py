"""Values at some positions of a sequence, or nested in lists, tuples and dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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


def map_nested(f: Callable[[Any], Any], value: Any) -> Any:
    """Return `value` with `f` applied to each value inside its nested lists, tuples and dicts.

    >>> map_nested(float, ([1, (2,)], {"a": 3}))
    ([1.0, (2.0,)], {'a': 3.0})
    """
    if isinstance(value, dict):
        return {key: map_nested(f, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [map_nested(f, item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return f(value)


def iterate_nested(value: Any) -> Iterator[Any]:
    """Yield each value inside nested lists, tuples and dicts.

    >>> list(iterate_nested(([1, (2,)], {"a": 3})))
    [1, 2, 3]
    """
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from iterate_nested(item)
    else:
        yield value
