"""States of random generators and buffers, restored so that a function computes the same result again."""

from __future__ import annotations

import sys
from _random import Random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache, lru_cache, partial
from itertools import chain
from operator import call
from types import (
    BuiltinMethodType,
    CellType,
    CodeType,
    FunctionType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any, TypeVar
from weakref import ReferenceType

import numpy as np

from ..module import Module
from ..tensor import Tensor

T = TypeVar("T")
Accessor = tuple[Callable[[], Any], Callable[[Any], None]]

# The search ends after this number of objects (10 ms); a changed result of a generator that is left out is
# refused.
LIMIT = 10_000
# A method of the generator that the functions of a module share; reading its state takes 60 us in NumPy.
_GLOBAL_GENERATORS = {"numpy.random": ("random_sample",), "random": ("random",)}
# The modules of Python whose objects hold values of the user, also as attributes, as in `argparse.Namespace`.
_CONTAINERS = ("argparse", "builtins", "collections", "types", "weakref", "_weakrefset")
_DICT_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
dereference: Any = ReferenceType.__call__  # the call of a WeakMethod makes a bound method
PLAIN_VALUES = frozenset([bool, int, float, complex, str, bytes, type(None), np.ndarray, slice, type(...)])


class PreservedState:
    """The states, at this moment, of the generators and buffers that can be reached from `roots`.

    The search goes through containers, attributes, bound methods, partials and functions: through their
    defaults and closures, and through the globals and attributes of modules that their code names. It goes
    into the functions and classes of the user, not into those of installed packages.
    """

    def __init__(self, *roots: Any) -> None:
        objects = list(_iterate_reachable(roots))
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
    if hasattr(kind, "random_sample"):  # a RandomState, which also keeps the second one of two normal draws
        return [(partial(value.get_state, legacy=False), value.set_state)]
    if isinstance(value, Random):  # of Python
        accessors: list[Accessor] = [(partial(Random.getstate, value), partial(Random.setstate, value))]
        if "gauss_next" in vars(value):
            accessors.append((partial(getattr, value, "gauss_next"), partial(setattr, value, "gauss_next")))
        return accessors
    return []


def _iterate_reachable(roots: Iterable[Any]) -> Iterator[Any]:
    """Yield the roots and the objects that can be reached from them, each once and the nearest first."""
    seen: dict[int, Any] = {}
    queue = deque(roots)
    while queue and len(seen) < LIMIT:
        value = queue.popleft()
        if type(value) not in PLAIN_VALUES and id(value) not in seen and not isinstance(value, Tensor):
            seen[id(value)] = value  # keeps its id in use: each access makes a new bound method
            queue.extend(list_referents(value))
            yield value


def list_referents(value: Any) -> Iterable[Any]:
    """Return the objects that `value` refers to."""
    if isinstance(value, (FunctionType, type)):
        return _list_code_referents(value)
    if isinstance(value, ModuleType):
        # Other attributes are too many: the code of a function names those that the function uses.
        return [vars(value)[name] for name in _GLOBAL_GENERATORS.get(value.__name__, ())]
    if isinstance(value, (MethodType, BuiltinMethodType)):
        return getattr(value, "__func__", None), value.__self__
    if isinstance(value, (classmethod, staticmethod)):
        return (value.__func__,)
    if isinstance(value, property):
        return (value.fget,)
    if isinstance(value, partial):
        return value.func, value.args, value.keywords
    if isinstance(value, ReferenceType):
        return (dereference(value),)
    if type(value) in _DICT_VIEWS:
        return (value.mapping,)
    items: list[Any] = []
    if isinstance(value, (list, tuple, set, frozenset, deque)):
        items.extend(value)
    elif isinstance(value, (dict, MappingProxyType)):
        items.extend(value.values())
    kind = type(value)
    if holds_values(kind):
        items.extend(getattr(value, "__dict__", {}).values())
        items.extend(read_slot(value, slot) for slot in list_slots(kind))
        items.append(kind)
    return items


def _list_code_referents(value: FunctionType | type) -> list[Any]:
    """Return what a function refers to, or the attributes, bases and metaclass of a class of the user."""
    if isinstance(value, type):
        own = not is_library(value.__module__)
        return [*vars(value).values(), *value.__bases__, type(value)] if own else []
    referents = [value.__defaults__, value.__kwdefaults__, *map(read_cell, value.__closure__ or ())]
    if is_library(value.__globals__.get("__name__", "")):  # code of `exec` may have no name
        return referents
    names = list_names(value.__code__)
    referents += [value.__globals__.get(name, sys.modules.get(name)) for name in names]
    modules = [x for x in referents if isinstance(x, ModuleType)]
    seen = set(map(id, modules))
    for module in modules:  # the list grows
        inside = [x for name in names if (x := vars(module).get(name)) is not None]
        if module is np and "random" in names:
            inside.append(np.random)  # NumPy imports it here
        referents += inside
        modules += [x for x in inside if isinstance(x, ModuleType) and id(x) not in seen]
        seen.update(map(id, modules))
    return referents


def holds_values(kind: type) -> bool:
    """Return whether attributes of an instance are values of the user."""
    top = str(kind.__module__).partition(".")[0]
    return top not in sys.stdlib_module_names or top in _CONTAINERS


def list_slots(kind: type) -> list[MemberDescriptorType]:
    """Return the slots of a class and of its bases."""
    slotted = [vars(base).values() for base in kind.__mro__ if "__slots__" in vars(base)]
    return [x for x in chain(*slotted) if type(x) is MemberDescriptorType]


@lru_cache(maxsize=1024)
def list_names(code: CodeType) -> frozenset[str]:
    """Return the names of globals and attributes in a piece of code and the functions that it defines."""
    inner = (list_names(x) for x in code.co_consts if isinstance(x, CodeType))
    return frozenset(code.co_names).union(*inner)


@cache
def is_library(module: Any) -> bool:
    """Return whether a module belongs to Python, to minigrad or to an installed package.

    Through their globals the search would reach all of NumPy.
    """
    top = str(module).partition(".")[0]
    file = getattr(sys.modules.get(top), "__file__", None) or ""
    installed = "site-packages" in file or "dist-packages" in file
    is_compiled = not isinstance(module, str)  # the metaclass of a type that Cython makes has a descriptor
    return is_compiled or installed or top in sys.stdlib_module_names or top.startswith("minigrad")


def read_cell(cell: CellType) -> Any:
    """Return the value of a closure's variable; None if it has no value yet."""
    with suppress(ValueError):
        return cell.cell_contents
    return None


def read_slot(value: Any, slot: MemberDescriptorType) -> Any:
    """Return the value in a slot; None if it has no value yet."""
    with suppress(AttributeError):
        return slot.__get__(value)
    return None
