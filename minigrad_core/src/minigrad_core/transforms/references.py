"""What a value leads to: containers, modules, bound methods, partials and functions are looked into."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from ..module import Module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import CellType


def reachable(roots: Iterable[Any], held: Callable[[Any], Iterable[Any]]) -> Iterator[Any]:
    """Yield the roots, what they hold, what that holds, and so on, each once."""
    seen: dict[int, Any] = {}
    stack = list(roots)
    while stack:
        value = stack.pop()
        if id(value) not in seen:
            seen[id(value)] = value  # kept alive: a bound method is made anew by each access
            stack.extend(held(value))
            yield value


def held_by(value: Any) -> list[Any]:
    """Return what a value holds. A function holds its defaults and what it encloses."""
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
    if isinstance(value, FunctionType):
        return [value.__defaults__, value.__kwdefaults__, *map(content, value.__closure__ or ())]
    return []


def held_by_anything(value: Any) -> list[Any]:
    """Return what a value holds, an object of any class or a set too."""
    if isinstance(value, (set, frozenset)):
        return list(value)
    with suppress(TypeError):  # it has no attributes
        if not isinstance(value, (type, ModuleType, Module, FunctionType, MethodType)):
            return [*held_by(value), *vars(value).values()]
    return held_by(value)


def content(cell: CellType) -> Any:
    """Return what a function encloses in a cell, None if the variable has no value yet."""
    with suppress(ValueError):
        return cell.cell_contents
    return None
