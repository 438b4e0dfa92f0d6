"""States of random generators and buffers, restored so that a function does the same again."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from functools import partial
from operator import call
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ..module import Module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import CellType

T = TypeVar("T")


class PreservedState:
    """The generators and buffers that values lead to, with their states at this moment.

    Containers, modules, bound methods, partials and functions are looked into, with what these enclose, and
    the generators and modules among their globals.
    """

    def __init__(self, *roots: Any) -> None:
        found = list(_reachable(roots))
        self._generators = [x.bit_generator for x in found if _is_generator(x)]
        self._buffers = [(vars(x), name) for x in found if isinstance(x, Module) for name in _buffers(x)]
        self._earlier = self._states(copied=True)

    def run(self, function: Callable[[], T]) -> T:
        """Return what a function returns that starts from these states; afterwards they are as they are now.

        Buffers are other arrays in there: what is recorded may hold them, and must not see them move on.
        """
        setters = self._setters(self._states(copied=False))
        set_back, once_more = map(call, setters), map(call, setters)
        try:
            for set_again in self._setters([_copied(state) for state in self._earlier]):
                set_again()
            return function()
        finally:
            # One call in C, which Ctrl-C does not divide, but where a generator computes with large integers.
            try:
                deque(set_back, maxlen=0)
            except BaseException:
                deque(once_more, maxlen=0)
                raise

    def _states(self, *, copied: bool) -> list[Any]:
        states = [
            *(generator.state for generator in self._generators),  # a dict that is made anew each time
            *(attributes[name] for attributes, name in self._buffers),
        ]
        return list(map(_copied, states)) if copied else states

    def _setters(self, states: list[Any]) -> list[Callable[[], None]]:
        """Return calls that set the states, written in C."""
        setters = [
            *(partial(setattr, generator, "state") for generator in self._generators),
            *(partial(attributes.__setitem__, name) for attributes, name in self._buffers),
        ]
        return [partial(setter, state) for setter, state in zip(setters, states, strict=True)]


def _copied(state: Any) -> Any:
    return state.copy() if isinstance(state, np.ndarray) else state


def _buffers(module: Module) -> list[str]:
    return [n for n in vars(module).get("_buffers", ()) if isinstance(vars(module).get(n), np.ndarray)]


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
            stack.extend(_held(value))
            yield value


def _held(value: Any) -> Iterable[Any]:
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
        found = (x for x in named if _is_generator(x) or isinstance(x, Module))
        return value.__defaults__, value.__kwdefaults__, *map(_content, value.__closure__ or ()), *found
    return ()


def _content(cell: CellType) -> Any:
    """Return what a function encloses in a cell, None if the variable has no value yet."""
    with suppress(ValueError):
        return cell.cell_contents
    return None
