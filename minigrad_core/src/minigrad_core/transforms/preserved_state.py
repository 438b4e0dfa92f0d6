"""States of random generators and buffers, restored so that a function does the same again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from operator import call
from types import CellType, FunctionType, MethodType
from typing import Any, TypeVar

import numpy as np

from ..module import Module

T = TypeVar("T")


class PreservedState:
    """The generators and buffers that values lead to, with their states at this moment.

    Containers, modules, bound methods, partials and functions are looked into, with what these enclose, and
    the generators and modules among their globals.
    """

    def __init__(self, *roots: Any) -> None:
        reachable = list(_reachable(roots))
        generators = [x.bit_generator for x in reachable if _is_generator(x)]
        # How each state is read and set, by calls written in C. Reading that of a generator makes it anew.
        self._accessors: list[tuple[Callable[[], Any], Callable[[Any], None]]] = [
            *((partial(getattr, g, "state"), partial(setattr, g, "state")) for g in generators),
            *(
                (partial(d.__getitem__, name), partial(d.__setitem__, name))
                for d, name in _buffers(reachable)
            ),
        ]
        self._snapshot = [_copy(read()) for read, _ in self._accessors]

    def run(self, function: Callable[[], T]) -> T:
        """Return what a function returns that starts from these states; afterwards they are as they are now.

        Buffers are other arrays in there: what is recorded may hold them, and must not see them move on.
        """
        setters = [partial(set_, read()) for read, set_ in self._accessors]
        set_back, once_more = map(call, setters), map(call, setters)
        try:
            for (_, set_), state in zip(self._accessors, self._snapshot, strict=True):
                set_(_copy(state))
            return function()
        finally:
            # One call in C, which Ctrl-C does not divide, but where a generator computes with large integers.
            try:
                deque(set_back, maxlen=0)
            except BaseException:
                deque(once_more, maxlen=0)
                raise


def _copy(state: Any) -> Any:
    return state.copy() if isinstance(state, np.ndarray) else state


def _buffers(reachable: list[Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the attributes of each module, and the name of each buffer among them."""
    for attributes in (vars(x) for x in reachable if isinstance(x, Module)):
        names = attributes.get("_buffers", ())
        yield from ((attributes, n) for n in names if isinstance(attributes.get(n), np.ndarray))


def _is_generator(value: Any) -> bool:
    # Not isinstance: NumPy loads its random numbers when they are first used, and an import of ours must not.
    return hasattr(type(value), "bit_generator")


def _reachable(roots: Iterable[Any]) -> Iterator[Any]:
    """Yield the roots, what they hold, what that holds, and so on, each once."""
    seen: dict[int, Any] = {}
    stack = list(roots)
    while stack:
        value = stack.pop()
        if id(value) not in seen:
            seen[id(value)] = value  # kept alive: a bound method is made anew by each access
            stack.extend(_referents(value))
            yield value


def _referents(value: Any) -> Iterable[Any]:
    """Return what a value holds."""
    if isinstance(value, (list, tuple)):
        return value
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, Module):
        return vars(value).values()
    if isinstance(value, partial):
        return value.func, value.args, value.keywords
    if isinstance(value, MethodType):
        return value.__func__, value.__self__
    if isinstance(value, FunctionType):
        named = [value.__globals__.get(name) for name in value.__code__.co_names]
        # Not the functions among the globals: that walk would end in NumPy.
        reachable = (x for x in named if _is_generator(x) or isinstance(x, Module))
        return (
            value.__defaults__,
            value.__kwdefaults__,
            *map(_cell_content, value.__closure__ or ()),
            *reachable,
        )
    return ()


def _cell_content(cell: CellType) -> Any:
    """Return what a function encloses in a cell, None if the variable has no value yet."""
    with suppress(ValueError):
        return cell.cell_contents
    return None
