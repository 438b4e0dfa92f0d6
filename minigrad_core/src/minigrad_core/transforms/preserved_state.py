"""States of random generators and buffers, restored so that a function computes the same result again."""

from __future__ import annotations

from _random import Random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import call
from typing import Any, TypeVar

import numpy as np

from ..module import Module
from ..tensor import Tensor
from .reachable import iterate_reachable

T = TypeVar("T")
Accessor = tuple[Callable[[], Any], Callable[[Any], Any]]  # reads a state, and writes it


class PreservedState:
    """The states of the generators and buffers that can be reached from `roots`, when this object is made."""

    def __init__(self, *roots: Any) -> None:
        objects = list(iterate_reachable(roots, _is_opaque))
        # A getter and a setter for each state, both written in C.
        self._accessors: list[Accessor] = [
            *(accessor for x in objects for accessor in list_accessors(x)),
            *(
                (partial(d.__getitem__, name), partial(d.__setitem__, name))
                for d, name in _find_buffers(objects)
            ),
        ]
        self._snapshot = [_copy_state(read()) for read, _ in self._accessors]

    def run(self, function: Callable[[], T]) -> T:
        """Return the value of `function`, run from the preserved states; then restore the current states.

        While `function` runs, the buffers are copies: recorded calls may refer to the current arrays, which
        must not change.
        """
        return run_from_states(self._accessors, self._snapshot, function)


def run_from_states(accessors: Sequence[Accessor], states: Sequence[Any], function: Callable[[], T]) -> T:
    """Return the value of `function`, run from these states; then restore the current states."""
    setters = [partial(set_, read()) for read, set_ in accessors]
    restore, restore_again = map(call, setters), map(call, setters)
    try:
        for (_, set_), state in zip(accessors, states, strict=True):
            set_(_copy_state(state))
        return function()
    finally:
        # One call in C. Ctrl-C interrupts it only where a generator computes with large integers.
        try:
            deque(restore, maxlen=0)
        except BaseException:
            deque(restore_again, maxlen=0)
            raise


def _is_opaque(value: Any) -> bool:
    return isinstance(value, (np.ndarray, Tensor))


def _copy_state(state: Any) -> Any:
    return state.copy() if isinstance(state, np.ndarray) else state


def _find_buffers(objects: list[Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield (attributes of a module, name of a buffer among them) for each buffer."""
    for attributes in (vars(x) for x in objects if isinstance(x, Module)):
        names = attributes.get("_buffers", ())
        yield from ((attributes, n) for n in names if isinstance(attributes.get(n), np.ndarray))


def list_accessors(value: Any) -> list[Accessor]:
    """Return a getter and a setter for each part of the state of a random generator; none for other objects.

    NumPy's classes are recognized by their attributes: NumPy imports numpy.random at first use, and importing
    the core must not do that.
    """
    kind = type(value)
    if hasattr(kind, "bit_generator"):  # a Generator
        value, kind = value.bit_generator, type(value.bit_generator)
    if hasattr(kind, "random_raw"):  # a BitGenerator, which makes a new dict for each read
        return [(partial(getattr, value, "state"), partial(setattr, value, "state"))]
    if hasattr(kind, "random_sample"):  # a RandomState; its state includes the second of two normal draws
        return [(partial(value.get_state, legacy=False), value.set_state)]
    if isinstance(value, Random):  # of Python
        accessors: list[Accessor] = [(partial(Random.getstate, value), partial(Random.setstate, value))]
        if "gauss_next" in vars(value):
            accessors.append((partial(getattr, value, "gauss_next"), partial(setattr, value, "gauss_next")))
        return accessors
    return []
