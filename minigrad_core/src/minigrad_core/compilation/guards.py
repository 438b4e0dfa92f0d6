"""Guards: one comparison for each value that a function reads, as an expression that a program contains."""

from __future__ import annotations

import builtins
import copyreg
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from itertools import count
from operator import is_  # noqa: F401 - an expression names it
from types import FunctionType, MappingProxyType, ModuleType
from typing import Any
from weakref import ReferenceType

import numpy as np

from ..errors import TracingError
from ..tensor import Tensor
from ..transforms.reachable import (
    dereference,
    holds_values,
    is_compiled,
    is_library,
    list_names,
    list_slots,
)

# The expressions that a program evaluates: {0} is an object, and {1} a key. An expression in parentheses has
# to be true. The value of any other expression has to be the same object as in the trace.
_ITEM, _CELL, _SLOT = "{0}[{1}]", "{0}.cell_contents", "{1}.__get__({0})"
_VARIABLE, _LENGTH = "{0}.get({1})", "(len({0}) == {1})"
_CODE = ("{0}.__code__", "{0}.__defaults__", "{0}.__kwdefaults__")
_ENTRIES = "(len({0}) == len({1}) and all(map(is_, {0}, {1})))"  # a list may have a million entries
_ITEMS = f"({_ENTRIES} and all(map(is_, {{0}}.values(), {{1}}.values())))"
_REFERENT, _TEXT = "{1}({0})", "(repr({0}) == {1})"
_CLASS, _BASES = "{0}.__class__", "{0}.__bases__"
_BYTES = "(bytes({0}) == {1})"

# The comparison of the contents of an object: the types, the expression, and the function that makes the key.
_CONTENTS: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
    ((list, deque, set), _ENTRIES, tuple),
    ((dict, MappingProxyType), _ITEMS, dict),
    ((bytearray, memoryview, array), _BYTES, bytes),
    (ReferenceType, _REFERENT, lambda _: dereference),
    (count, _TEXT, repr),
    (ContextVar, _VARIABLE, lambda _: None),
)

# An expression raises one of these exceptions if a variable or attribute was deleted, or has no value yet.
UNSET = (LookupError, AttributeError, ValueError)
_NO_VALUE = object()
_NUMPY_FUNCTION = type(np.sum)


class Guard:
    """One value that a function reads: a variable, an attribute, or the entries of a list or dict.

    Attributes
    ----------
    value : object
        The value when the guard was made. `has_changed` compares by identity.
    what : str
        A description of the value, for messages.
    """

    def __init__(self, expression: str, owner: Any, key: Any, what: str) -> None:
        self.expression, self.owner, self.key, self.what = expression, owner, key, what
        self._read = _compile(expression)
        self.value = self.read()

    def read(self) -> Any:
        """Return the value; `_NO_VALUE` for a variable or attribute without a value."""
        try:
            return self._read(self.owner, self.key)
        except UNSET:
            return _NO_VALUE

    def has_changed(self) -> bool:
        """Return whether the value is another object now."""
        return self.read() is not self.value

    def write(self, name: Callable[[Any], str]) -> str:
        """Return the condition that the value is the same; name: returns the name of an object."""
        if self.value is _NO_VALUE:
            return f"not {name(self)}.has_changed()"
        key = repr(self.key) if type(self.key) in (str, int) else name(self.key)
        condition = self.expression.format(name(self.owner), key)
        return condition if condition.startswith("(") else f"{condition} is {name(self.value)}"


@cache
def _compile(expression: str) -> Callable[[Any, Any], Any]:
    function: Callable[[Any, Any], Any] = eval(f"lambda x, key: {expression.format('x', 'key')}")
    return function


def list_guards(value: Any) -> list[Guard]:
    """Return the guards of the values that an object refers to."""
    if isinstance(value, Tensor) or is_compiled(value):
        return []
    if isinstance(value, FunctionType):
        return _guard_function(value)
    if isinstance(value, type):
        return [] if is_library(value.__module__) else _guard_class(value)
    of_python = type(value).__module__ in ("builtins", "itertools") and type(value) is not count
    if isinstance(value, Iterator) and of_python:
        raise TracingError(
            f"a function to be compiled reads a {type(value).__name__}, an iterator, and a replay would not "
            "advance it: pass next(iterator) as an argument"
        )
    guards = [
        Guard(expression, value, make_key(value), f"a {type(value).__name__}")
        for kinds, expression, make_key in _CONTENTS
        if isinstance(value, kinds)
    ]
    attributes, package = getattr(value, "__dict__", None), str(type(value).__module__).partition(".")[0]
    if package == "builtins" or isinstance(value, ModuleType) or not holds_values(type(value)):
        return guards
    if package == "numpy" and (not attributes or isinstance(value, _NUMPY_FUNCTION)):
        return guards
    what = f"an attribute of {type(value).__name__}"
    guards += [Guard(_CLASS, value, None, f"the class of a {type(value).__name__}")]
    guards += [Guard(_SLOT, value, slot, what) for slot in list_slots(type(value))]
    return guards + (_guard_attributes(attributes, what) if isinstance(attributes, dict) else [])


def _guard_class(cls: type) -> list[Guard]:
    """Return guards of the bases and attributes of a class."""
    # The first copy of an object adds an attribute to its class: add it now, as Python does.
    copyreg._slotnames(cls)  # type: ignore[attr-defined] # noqa: SLF001 - typeshed leaves it out
    what = f"the class {cls.__name__}"
    return [Guard(_BASES, cls, None, what), *_guard_attributes(vars(cls), what)]


def _guard_function(f: FunctionType) -> list[Guard]:
    """Return guards of the closure, and of the globals that the code names."""
    cells = zip(f.__code__.co_freevars, f.__closure__ or (), strict=True)
    guards = [
        Guard(_CELL, x, None, f"the variable {name} in the closure of {f.__name__}") for name, x in cells
    ]
    if is_library(f.__globals__.get("__name__", "")):
        return guards
    # IPython's autoreload replaces the code of a function in place.
    guards += [Guard(attribute, f, None, f"the code of {f.__name__}") for attribute in _CODE]
    names = sorted(list_names(f.__code__))
    hidden = [name for name in names if hasattr(builtins, name) and name not in f.__globals__]
    guards += [Guard(_VARIABLE, f.__globals__, name, f"the global variable {name}") for name in hidden]
    guards += [guard_attribute(f.__globals__, name) for name in names if name in f.__globals__]
    return guards + (_guard_attributes(vars(f), f"an attribute of {f.__name__}") if vars(f) else [])


def guard_attribute(scope: dict[str, Any], name: str) -> Guard:
    """Return the guard of a variable of a module, or of an attribute of another object, given by its dict."""
    what = f"the global variable {name}" if "__name__" in scope else f"the attribute {name}"
    return Guard(_ITEM, scope, name, what)


def _guard_attributes(attributes: Mapping[str, Any], what: str) -> list[Guard]:
    """Return guards of all attributes of an object, and of their number."""
    guards = [Guard(_ITEM, attributes, name, what) for name in attributes]
    return [Guard(_LENGTH, attributes, len(attributes), what), *guards]
