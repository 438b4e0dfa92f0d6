"""Random generators and buffers set back to what they were, so that a function does the same again."""

from __future__ import annotations

from types import FunctionType, TracebackType
from typing import Any, TypeAlias

import numpy as np

from ..module import Module
from .references import held_by, reachable

# A generator and its state, or (module, name) of a buffer and the array.
States: TypeAlias = "list[tuple[Any, Any]]"


def states(*roots: Any) -> States:
    """Return every generator and buffer in the roots (containers, modules, closures, globals), with state."""
    owners = [owner for value in reachable(roots, _held) for owner in _owners(value)]
    return [(owner, _copied(_state(owner))) for owner in owners]


class Rewound:
    """A context in which generators and buffers start from earlier states; then they go on from now.

    Buffers are other arrays in there: what is recorded may hold them, and must not see them move on.
    """

    def __init__(self, earlier: States) -> None:
        self.earlier = earlier
        self.now: States = []

    def __enter__(self) -> None:
        self.now = [(owner, _state(owner)) for owner, _ in self.earlier]
        _set([(owner, _copied(state)) for owner, state in self.earlier])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _set(self.now)


def _held(value: Any) -> list[Any]:
    """Return what a value holds, and of a function the generators and modules among its globals."""
    if not isinstance(value, FunctionType):
        return held_by(value)
    named = [value.__globals__.get(name) for name in value.__code__.co_names]
    # Not the functions among the globals: that walk would end in NumPy.
    return [*held_by(value), *(x for x in named if _is_generator(x) or isinstance(x, Module))]


def _is_generator(value: Any) -> bool:
    # Not isinstance: NumPy loads its random numbers when they are first used, and an import of ours must not.
    return hasattr(type(value), "bit_generator")


def _owners(value: Any) -> list[Any]:
    if isinstance(value, Module):
        buffers = vars(value).get("_buffers", ())
        return [(value, name) for name in buffers if isinstance(vars(value).get(name), np.ndarray)]
    return [value] if _is_generator(value) else []


def _state(owner: Any) -> Any:
    return getattr(*owner) if isinstance(owner, tuple) else owner.bit_generator.state


def _copied(state: Any) -> Any:
    return state.copy() if isinstance(state, np.ndarray) else state  # a generator's is made anew each time


def _set(states: States) -> None:
    for owner, state in states:
        if isinstance(owner, tuple):
            module, name = owner
            setattr(module, name, state)
        else:
            owner.bit_generator.state = state
