"""The values that a function reads beside its arguments, and whether all are unchanged since a moment."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from itertools import chain, repeat
from operator import call, is_
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import TracingError
from ..module import Module
from ..tensor import Tensor
from ..tensor.kinds import AssignedTensor
from .preserved_state import (
    LIMIT,
    PLAIN_VALUES,
    is_library,
    list_accessors,
    list_names,
    list_referents,
    list_slots,
    read_cell,
    read_slot,
)

# (returns the current values, the values at the moment, what they are)
Guard = tuple[Callable[[], Iterable[Any]], tuple[Any, ...], str]

_END = (object(),)  # behind the values of each guard: a list that is longer or shorter differs


class Captures:
    """The variables, attributes, arrays and tensors that can be reached from some functions and objects.

    The search is that of `checkpoint`: it goes into the functions and classes of the user, and not into those
    of installed packages.

    Attributes
    ----------
    objects : list
        Everything that was found and that may refer to other objects.
    tensors : list of Tensor
        All tensors that were found.
    arrays : dict from id to (array, copy)
        The arrays that somebody can write to, and their values at the moment.
    """

    def __init__(self, roots: Iterable[Any]) -> None:
        self.objects: list[Any] = []
        self.tensors: list[Tensor] = []
        self.arrays: dict[int, tuple[NDArray[Any], NDArray[Any]]] = {}
        self.guards: list[Guard] = []
        self._found: dict[int, Any] = {}
        queue = deque(roots)
        while queue:
            value = queue.popleft()
            if id(value) in self._found or type(value) in PLAIN_VALUES - {np.ndarray} or _is_internal(value):
                continue
            self._found[id(value)] = value
            if type(value) is np.ndarray:
                if _is_writable(value):
                    self.arrays[id(value)] = value, value.copy()
            elif isinstance(value, Tensor):
                self.tensors.append(value)
                if type(value) is AssignedTensor:
                    self.guards.append(
                        _make_guard(partial(_list_results, partial(getattr, value), ["data"]), "a tensor")
                    )
            elif "compiled_function" in getattr(value, "__dict__", ()):
                queue.append(value.compiled_function)
            else:
                self.objects.append(value)
                self.guards.extend(_make_guards(value))
                queue.extend(list_referents(value))
            if len(self._found) > LIMIT:
                raise TracingError(
                    f"a function to be compiled reads more than {LIMIT} objects: pass large lists and dicts "
                    "as arrays, or as arguments"
                )

        self._accessors = [accessor for x in self.objects for accessor in list_accessors(x)]
        # All guards in one pass in C: a loop takes twice as long.
        self._reads = [read for read, _, _ in self.guards]
        self._values = list(chain.from_iterable((*values, *_END) for _, values, _ in self.guards))

    def includes(self, x: Any) -> bool:
        """Return whether an object existed at the moment."""
        return id(x) in self._found

    def find_change(self) -> str:
        """Return which variable, attribute or list has another value; empty if none has."""
        for read, values, name in self.guards:
            if not all(map(is_, chain(read(), _END), chain(values, _END))):
                return name
        return ""

    def find_written(self) -> list[NDArray[Any]]:
        """Return the arrays that were written to."""
        return [x for x, values in self.arrays.values() if not has_same_bits(x, values)]

    def has_changed(self) -> bool:
        """Return whether a variable or an attribute has another value, or an array was written to."""
        now = chain.from_iterable(
            chain.from_iterable(zip(map(call, self._reads), repeat(_END), strict=False))
        )
        return not all(map(is_, now, self._values)) or (bool(self.arrays) and bool(self.find_written()))

    def read_states(self) -> list[Any]:
        """Return the states of the random generators."""
        return [read() for read, _ in self._accessors]

    @contextmanager
    def restore_states(self, states: list[Any]) -> Iterator[None]:
        """Set the random generators to these states, and back at the end of the `with` statement."""
        now = self.read_states()
        try:
            self._write_states(states)
            yield
        finally:
            self._write_states(now)

    def _write_states(self, states: list[Any]) -> None:
        for (_, write), state in zip(self._accessors, states, strict=True):
            write(state)

    def ignore_arrays(self, arrays: Iterable[int]) -> None:
        """Stop comparing arrays, by id."""
        for key in arrays:
            self.arrays.pop(key, None)


def _is_internal(value: Any) -> bool:
    """Return whether an object is part of minigrad, such as the registry, and no layer."""
    if isinstance(value, (Module, type, Tensor)) or "compiled_function" in getattr(value, "__dict__", ()):
        return False
    return str(type(value).__module__).startswith("minigrad_")


def _is_writable(x: NDArray[Any]) -> bool:
    """Return whether an array, or the one that it is a view of, is writable."""
    base: Any = x
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            return True
        base = base.base
    return base is not None


def has_same_bits(x: Any, y: Any) -> bool:
    """Return whether two trees have leaves of the same types, and numbers and text of the same bits."""
    if type(x) is not type(y):
        return False
    if type(x) is np.ndarray and x.nbytes > 4096 and x.flags.c_contiguous and y.flags.c_contiguous:
        wide = np.uint64 if x.nbytes % 8 == 0 else np.uint8
        same_type = x.shape == y.shape and x.dtype == y.dtype
        return same_type and bool((x.reshape(-1).view(wide) == y.reshape(-1).view(wide)).all())
    if isinstance(x, (np.ndarray, np.generic, float, complex)):
        a, b = np.asarray(x), np.asarray(y)
        return (a.shape, a.dtype, a.tobytes()) == (b.shape, b.dtype, b.tobytes())
    if isinstance(x, (tuple, list)):
        return len(x) == len(y) and all(map(has_same_bits, x, y))
    if isinstance(x, dict):
        return x.keys() == y.keys() and all(has_same_bits(x[key], y[key]) for key in x)
    # Each run makes other objects anew, such as an operation with settings.
    return bool(x == y) if isinstance(x, (int, str, bytes, slice, np.dtype, type)) else True


def _make_guards(value: Any) -> list[Guard]:
    """Return the guards of the variables that an object binds."""
    if isinstance(value, FunctionType):
        return _guard_function(value)
    if isinstance(value, (list, deque)):
        return [_make_guard(partial(_identity, value), f"a {type(value).__name__}")]
    if isinstance(value, dict):
        return [_make_guard(value.values, "a dict")]
    if isinstance(value, type):
        own = not is_library(value.__module__)
        return [_make_guard(vars(value).values, f"the class {value.__name__}")] if own else []
    if isinstance(value, ContextVar):
        return [_make_guard(partial(_list_results, value.get, [None]), f"the context variable {value.name}")]
    attributes = getattr(value, "__dict__", None)
    top = str(type(value).__module__).partition(".")[0]
    is_own = top != "numpy" and (top not in sys.stdlib_module_names or top == "types")
    if not is_own or isinstance(value, ModuleType):
        return []
    name, slots = f"an attribute of {type(value).__name__}", list_slots(type(value))
    guards = [_make_guard(attributes.values, name)] if isinstance(attributes, dict) else []
    return (
        [*guards, _make_guard(partial(_list_results, partial(read_slot, value), slots), name)]
        if slots
        else guards
    )


def _guard_function(f: FunctionType) -> list[Guard]:
    """Return guards of the closure, and of the globals and attributes of modules that the code names."""
    guards: list[Guard] = []
    if f.__closure__:
        name = f"the variable {' or '.join(f.__code__.co_freevars)} in the closure of {f.__name__}"
        guards.append(_make_guard(partial(_list_results, read_cell, f.__closure__), name))
    if is_library(f.__globals__.get("__name__", "")):
        return guards
    names = sorted(list_names(f.__code__))
    own = [name for name in names if name in f.__globals__]
    scopes = [(f.__globals__, own, "the global variable")]
    modules = [
        x for x in map(f.__globals__.get, own) if isinstance(x, ModuleType) and not is_library(x.__name__)
    ]
    scopes += [(vars(x), [name for name in names if name in vars(x)], x.__name__) for x in modules]
    for scope, inside, what in scopes:
        if inside:
            name = f"{what} {' or '.join(inside)}"
            guards.append(_make_guard(partial(_list_results, scope.get, inside), name))
    return guards


def _make_guard(read: Callable[[], Iterable[Any]], name: str) -> Guard:
    return read, tuple(read()), name


def _identity(value: Any) -> Any:
    return value


def _list_results(function: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    return list(map(function, values))
