"""States of random generators and buffers, restored so that a function computes the same result again."""

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
    """The states, at this moment, of the generators and buffers that can be reached from `roots`.

    The search goes through containers, modules, bound methods, partials and functions: through their defaults
    and closures, and through the generators and modules among their globals.
    """

    def __init__(self, *roots: Any) -> None:
        objects = list(_reachable_objects(roots))
        generators = [x.bit_generator for x in objects if _is_generator(x)]
        # A getter and a setter for each state, both written in C. A generator makes a new dict for each read.
        self._accessors: list[tuple[Callable[[], Any], Callable[[Any], None]]] = [
            *((partial(getattr, g, "state"), partial(setattr, g, "state")) for g in generators),
            *((partial(d.__getitem__, name), partial(d.__setitem__, name)) for d, name in _buffers(objects)),
        ]
        self._snapshot = [_copy_state(read()) for read, _ in self._accessors]

    def run(self, function: Callable[[], T]) -> T:
        """Return the value of `function`, run from the preserved states; then restore the current states.

        While `function` runs, the buffers are other arrays. Recorded calls may refer to the current ones,
        which must not change.
        """
        setters = [partial(set_, read()) for read, set_ in self._accessors]
        restore, restore_again = map(call, setters), map(call, setters)
        try:
            for (_, set_), state in zip(self._accessors, self._snapshot, strict=True):
                set_(_copy_state(state))
            return function()
        finally:
            # One call in C. Ctrl-C interrupts it only where a generator computes with large integers.
            try:
                deque(restore, maxlen=0)
            except BaseException:
                deque(restore_again, maxlen=0)
                raise


def _copy_state(state: Any) -> Any:
    return state.copy() if isinstance(state, np.ndarray) else state


def _buffers(objects: list[Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield (attributes of a module, name of a buffer among them) for each buffer."""
    for attributes in (vars(x) for x in objects if isinstance(x, Module)):
        names = attributes.get("_buffers", ())
        yield from ((attributes, n) for n in names if isinstance(attributes.get(n), np.ndarray))


def _is_generator(value: Any) -> bool:
    # No isinstance: NumPy imports numpy.random at first use, and importing the core must not do that.
    return hasattr(type(value), "bit_generator")


def _reachable_objects(roots: Iterable[Any]) -> Iterator[Any]:
    """Yield the roots and all objects that can be reached from them, each once."""
    seen: dict[int, Any] = {}
    stack = list(roots)
    while stack:
        value = stack.pop()
        if id(value) not in seen:
            seen[id(value)] = value  # keeps its id in use: each access makes a new bound method
            stack.extend(_referents(value))
            yield value


def _referents(value: Any) -> Iterable[Any]:
    """Return the objects that `value` refers to."""
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
        # Functions among the globals are left out: through them the search would reach all of NumPy.
        stateful = (x for x in named if _is_generator(x) or isinstance(x, Module))
        cells = map(_cell_contents, value.__closure__ or ())
        return value.__defaults__, value.__kwdefaults__, *cells, *stateful
    return ()


def _cell_contents(cell: CellType) -> Any:
    """Return the value of a closure's variable; None if it has no value yet."""
    with suppress(ValueError):
        return cell.cell_contents
    return None
