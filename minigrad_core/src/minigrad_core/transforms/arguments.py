"""What the transforms ask of a function, and of the places of its arguments."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence


def positions(argnums: Any) -> tuple[int, ...]:
    """Return `argnums` as a tuple."""
    try:
        return tuple(map(index, argnums if isinstance(argnums, (tuple, list)) else (argnums,)))
    except TypeError:
        raise ArgumentError(f"argnums: expected an integer or a tuple of them, got {argnums!r}") from None


def check_function(f: Any) -> None:
    """Raise `ArgumentError` unless `f` can be called: often it is the value of the function."""
    if not callable(f):
        raise ArgumentError(f"expected a function, got {type(f).__name__}; pass f itself, and not f(x)")


def check_argnums(argnums: Sequence[int], count: int) -> None:
    """Raise `ArgumentError` unless each of `argnums` names one of `count` arguments, and no two the same."""
    for i in argnums:
        if not -count <= i < count:
            raise ArgumentError(
                f"argnums {i} is out of range: the function was called with {count} positional arguments"
            )
    if len({i % count for i in argnums}) < len(argnums):
        raise ArgumentError(f"argnums {tuple(argnums)} names an argument twice")
