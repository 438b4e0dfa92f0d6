"""The functions that are a subject's own: its methods, and what they call in their module."""

import ast
import dis
import inspect
import sys
from functools import cache
from types import FunctionType
from typing import Any

from .passage import passage
from .visible import visible

OPERATION = ("forward", "backward")
INITIALIZER = ("__call__", "std")
OPTIMIZER = ("__init__", "step", "zero_grad", "state_dict", "load_state_dict")


def own_functions(thing: Any) -> list[FunctionType]:
    """Return the functions that an operation, initializer or optimizer consists of.

    These are the methods that the contract names, inherited ones too where their class is of the same
    package; functions that the subject holds; and, of all these, the functions and methods that they name and
    that stand in their own module. What was made inside of a function has no place of its own in a file.
    """
    cls = thing if isinstance(thing, type) else type(thing)
    package = cls.__module__.partition(".")[0]
    found: dict[FunctionType, None] = {}
    entries = OPTIMIZER if cls is thing else (*OPERATION, *INITIALIZER)
    todo = [inspect.getattr_static(cls, name, None) for name in entries]
    todo += [] if cls is thing else vars(thing).values()
    while todo:
        function = _function(todo.pop(0))
        if function is None or function in found or not _placed(function, package):
            continue
        found[function] = None
        for name in _named(function):
            near = _function(function.__globals__.get(name))
            todo += [near if near and near.__module__ == function.__module__ else None]
            todo += [inspect.getattr_static(cls, name, None)]
    return list(found)


def visible_nodes(function: FunctionType) -> list[ast.AST]:
    """Return the nodes of a function that a mutant may change; none where it has no source."""
    try:
        return list(visible(passage(function).node, guards(function)))
    except OSError:
        return []


def _named(function: FunctionType) -> dict[str, None]:
    """Return the names and attributes that a function uses; not those for the text of an error."""
    names = (getattr(node, "id", getattr(node, "attr", "")) for node in visible_nodes(function))
    return dict.fromkeys(names)


def function_at(module: str, qualname: str) -> FunctionType | None:
    """Return the function of that name."""
    found: Any = sys.modules[module]
    for part in qualname.split("."):
        found = inspect.getattr_static(found, part, None)
    return _function(found)


def guards(function: FunctionType) -> set[str]:
    """Return the names of the functions that a function sees, and that can raise."""
    seen = {name: _function(value) for name, value in function.__globals__.items()}
    return {name for name, other in seen.items() if other is not None and _can_raise(other)}


@cache
def _can_raise(function: FunctionType) -> bool:
    return any(instruction.opname == "RAISE_VARARGS" for instruction in dis.get_instructions(function))


def _function(value: Any) -> FunctionType | None:
    """Return a function, also the one inside of a static method or a cache."""
    inner = inspect.unwrap(value) if hasattr(value, "__wrapped__") else value
    return inner if isinstance(inner, FunctionType) else None


def _placed(function: FunctionType, package: str) -> bool:
    module = function.__module__
    return module.partition(".")[0] == package and function_at(module, function.__qualname__) is function
