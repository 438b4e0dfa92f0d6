"""The search for the objects that a function can reach: its variables, and the attributes of objects."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache, lru_cache, partial
from itertools import chain
from types import (
    BuiltinMethodType,
    CellType,
    CodeType,
    FunctionType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary

import numpy as np

from ..tensor import Tensor

# The search ends after this number of objects (10 ms).
LIMIT = 10_000
# A method of the generator that the functions of a module share; reading its state takes 60 us in NumPy.
_GLOBAL_GENERATORS = {"numpy.random": ("random_sample",), "random": ("random",)}
# The modules of Python whose objects hold values of the user, also as attributes, as in `argparse.Namespace`.
_CONTAINERS = ("argparse", "builtins", "collections", "functools", "types", "weakref", "_weakrefset")
_DICT_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
dereference: Any = ReferenceType.__call__  # the call of a WeakMethod makes a bound method
PLAIN_VALUES = frozenset([bool, int, float, complex, str, bytes, type(None), slice, type(...)])


def iterate_reachable(roots: Iterable[Any], is_opaque: Callable[[Any], bool]) -> Iterator[Any]:
    """Yield the roots and the objects that can be reached from them, each once and the nearest first.

    The search goes through containers, attributes, bound methods, partials and functions: through their
    defaults and closures, and through the globals and attributes of modules that their code names. It goes
    into the functions and classes of the user, not into those of installed packages. An object may hold a
    module of the user: the names in the code of all functions count for its attributes.
    is_opaque: whether to skip an object, and everything that can be reached only through this object.
    """
    seen: dict[int, Any] = {}
    count = -1
    queue = deque(roots)
    while queue and len(seen) < LIMIT:
        value = queue.popleft()
        if type(value) not in PLAIN_VALUES and id(value) not in seen and not is_opaque(value):
            seen[id(value)] = value  # keeps its id in use: each access makes a new bound method
            queue.extend(_list_referents(value))
            yield value
        if not queue and count < len(seen):
            count = len(seen)
            queue.extend([scope[name] for scope, name in list_named_attributes(seen.values())])


def list_named_attributes(values: Iterable[Any], others: Iterable[Any] = ()) -> list[tuple[Any, str]]:
    """Return (attributes, name) for each attribute that the code of the user's functions in `values` names.

    The attributes are those of the user's modules in `values`, and of the objects `others`. The name of a
    property counts for the attribute that it reads, `lr` for `_lr`.
    """
    values = [x for x in values if isinstance(x, (FunctionType, ModuleType)) and not _is_of_library(x)]
    names = set[str]().union(*[list_names(x.__code__) for x in values if isinstance(x, FunctionType)])
    scopes = [vars(x) for x in values if isinstance(x, ModuleType)]
    scopes += [vars(x) for x in others if hasattr(x, "__dict__")]
    names |= {f"_{name}" for name in names}
    return [(scope, name) for scope in scopes for name in sorted(names & scope.keys())]


def _is_of_library(x: FunctionType | ModuleType) -> bool:
    scope = x.__globals__ if isinstance(x, FunctionType) else vars(x)
    return is_library(scope.get("__name__", ""))  # code of `exec` may have no name


def _list_referents(value: Any) -> Iterable[Any]:
    """Return the objects that `value` refers to."""
    if type(value) is np.ndarray:
        return value.ravel().tolist() if value.dtype.kind == "O" else ()
    if isinstance(value, Tensor):
        return ()
    if isinstance(value, (FunctionType, type)):
        return _list_code_referents(value)
    if is_compiled(value):
        return (value.compiled_function,)
    if isinstance(value, ModuleType):
        # Other attributes are too many: the code of a function names those that the function uses.
        return [vars(value)[name] for name in _GLOBAL_GENERATORS.get(value.__name__, ())]
    if isinstance(value, (MethodType, BuiltinMethodType, MethodWrapperType)):
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
        items.extend(_read_slot(value, slot) for slot in list_slots(kind))
        items.append(kind)
    return items


def _list_code_referents(value: FunctionType | type) -> list[Any]:
    """Return the objects that a function refers to, or the members, bases and metaclass of a user's class."""
    if isinstance(value, type):
        own = not is_library(value.__module__)
        return [*vars(value).values(), *value.__bases__, type(value)] if own else []
    referents = [value.__defaults__, value.__kwdefaults__, *map(read_cell, value.__closure__ or ())]
    if _is_of_library(value):
        # A call of a function of `singledispatch` changes its cache.
        return [x for x in referents if not isinstance(x, WeakKeyDictionary)]
    modules = list_modules(value)
    scopes = [value.__globals__, vars(value), *map(vars, modules)]
    names = list_names(value.__code__)
    return [*referents, *modules, *(scope[name] for scope in scopes for name in names if name in scope)]


def list_modules(f: FunctionType) -> list[ModuleType]:
    """Return the modules that the code of a function names, also as attributes of other modules."""
    names = list_names(f.__code__)
    values = [f.__globals__.get(name, sys.modules.get(name)) for name in names]
    values += map(read_cell, f.__closure__ or ())
    modules = [x for x in values if isinstance(x, ModuleType)]
    if np in modules and "random" in names:
        modules.append(np.random)  # NumPy imports it here
    for module in modules:  # the list grows
        inside = [vars(module).get(name) for name in names]
        modules += [x for x in inside if isinstance(x, ModuleType) and x not in modules]
    return modules


def is_compiled(value: Any) -> bool:
    """Return whether an object is a function that `mg.compile` returned."""
    return "compiled_function" in getattr(value, "__dict__", ())


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
    from_cython = not isinstance(module, str)  # the metaclass of a type that Cython makes has a descriptor
    return from_cython or installed or top in sys.stdlib_module_names or top.startswith("minigrad")


def read_cell(cell: CellType) -> Any:
    """Return the value of a closure's variable; None if it has no value yet."""
    with suppress(ValueError):
        return cell.cell_contents
    return None


def _read_slot(value: Any, slot: MemberDescriptorType) -> Any:
    """Return the value in a slot; None if it has no value yet."""
    with suppress(AttributeError):
        return slot.__get__(value)
    return None
