"""Random generators set back to where they were, so that a function draws the same numbers again."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from types import FunctionType, MethodType, TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from ..module import Module

if TYPE_CHECKING:
    from numpy.random import Generator

States: TypeAlias = "list[tuple[Generator, Any]]"


def states(*roots: Any) -> States:
    """Return every generator in the roots (containers, modules, closures, globals), with its state."""
    found: dict[int, Generator] = {}
    seen: dict[int, Any] = {}
    stack = list(roots)
    while stack:
        value = stack.pop()
        if id(value) not in seen:
            seen[id(value)] = value  # kept alive: a bound method is made anew by each access
            stack.extend(_held(value))
            if _is_generator(value):
                found[id(value)] = value
    return [(generator, generator.bit_generator.state) for generator in found.values()]


class Rewound:
    """A context in which generators draw from earlier states; then they go on from where they are now."""

    def __init__(self, earlier: States) -> None:
        self.earlier = earlier
        self.now: States = []

    def __enter__(self) -> None:
        self.now = [(generator, generator.bit_generator.state) for generator, _ in self.earlier]
        _set(self.earlier)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _set(self.now)


def _held(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, Module):
        return list(vars(value).values())
    if isinstance(value, partial):
        return [value.func, value.args, value.keywords]
    if isinstance(value, MethodType):
        return [value.__func__, value.__self__]
    return _referred_to(value) if isinstance(value, FunctionType) else []


def _referred_to(function: FunctionType) -> list[Any]:
    """Return what a function gets from defaults, its closure and globals."""
    enclosed = []
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # the variable has no value yet
            enclosed.append(cell.cell_contents)
    named = [function.__globals__.get(name) for name in function.__code__.co_names]
    # Not the functions among the globals: that walk would end in NumPy.
    sources = [value for value in named if _is_generator(value) or isinstance(value, Module)]
    return [function.__defaults__, function.__kwdefaults__, *enclosed, *sources]


def _is_generator(value: Any) -> bool:
    # Not isinstance: NumPy loads its random numbers when they are first used, and an import of ours must not.
    return hasattr(type(value), "bit_generator")


def _set(states: States) -> None:
    for generator, state in states:
        generator.bit_generator.state = state
