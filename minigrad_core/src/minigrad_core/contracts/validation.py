"""Checks the objects that a hook returned. Each error names the object, and its file and line."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterable
from textwrap import shorten
from typing import Any

import numpy as np

from ..dispatch.function_names import describe_function, find_ufunc
from ..dispatch.functions import FUNCTIONS
from ..errors import PluginError
from .location import locate
from .names import find_name_fault
from .optimizer import Optimizer

# The type of functions that dispatch through `__array_function__` has no public name.
DISPATCHED_TYPES = (np.ufunc, type(np.sum))


# Kind -> the methods by which an object is of that kind.
_METHODS = {
    "an operation": ("forward", "backward"),
    "an optimizer": ("step", "zero_grad", "state_dict", "load_state_dict"),
    "an initializer": ("__call__", "std"),
}


def make_fault(obj: object, fact: str) -> PluginError:
    """Return the error for one object of a plugin."""
    # The repr of `obj` is code of the plugin, and may raise.
    name = obj.__qualname__ if isinstance(obj, type) else type(obj).__qualname__
    return PluginError(f"{name} ({locate(obj)}): {fact}")


def safe_repr(value: object) -> str:
    """Return the repr of a plugin's object, cut to 80 letters, or its type if the repr raises."""
    try:
        return shorten(repr(value), 80, placeholder=" ...")
    except Exception:
        return f"an instance of {type(value).__qualname__} whose repr raises"


def instantiate(operation: Any) -> Any:
    """Return the operation, or an instance of it if it is a class.

    Raises
    ------
    PluginError
        The class lacks `forward`, or cannot be instantiated without arguments.
    """
    if not isinstance(operation, type):
        return operation
    _require_methods(operation, "an operation", ("forward",))
    try:
        return operation()
    except Exception as error:
        raise make_fault(operation, f"cannot be made without arguments: {error}") from error


def validate_operation(op: Any) -> None:
    """Check one operation.

    Raises
    ------
    PluginError
        The operation is a class, lacks a method or a usable name, has a signature that no call can satisfy,
        or claims a function that it cannot implement.
    """
    differentiable = getattr(op, "differentiable", True)
    _require_methods(op, "an operation", ("forward", "backward") if differentiable else ("forward",))
    if isinstance(op, type):
        raise make_fault(op, f"expected an operation, got a class; return an instance: {op.__name__}()")
    _require_name(op)
    _require_context(op, "forward", "(self, ctx, x, ...)")
    if differentiable:
        _require_context(op, "backward", "(self, ctx, grad, ...)")
    _validate_implements(op)


def validate_initializer(init: Any) -> None:
    """Check one initializer: an instance with a usable name, `std`, and a call with `rng` and `dtype`."""
    if isinstance(init, type):
        raise make_fault(init, f"expected an initializer, got a class; return an instance: {init.__name__}()")
    _require_methods(init, "an initializer", _METHODS["an initializer"])
    _require_name(init)
    parameters = inspect.signature(init).parameters
    keywords = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    if missing := [name for name in ("rng", "dtype") if name not in parameters and not keywords]:
        raise make_fault(
            init, f"__call__ lacks {missing[0]!r}; expected (self, shape, *, rng, dtype=np.float32)"
        )


def validate_optimizer(cls: Any) -> None:
    """Check one optimizer: a concrete class with a usable name and the methods of the contract."""
    if not isinstance(cls, type):
        got = f"an instance of {type(cls).__name__}"
        raise make_fault(
            cls, f"expected an optimizer class, got {got}; return the class, which users instantiate"
        )
    _require_methods(cls, "an optimizer", _METHODS["an optimizer"])
    _require_name(cls)
    if abstract := sorted(getattr(cls, "__abstractmethods__", ())):
        raise make_fault(cls, f"cannot be instantiated: {', '.join(abstract)} is abstract")
    if issubclass(cls, Optimizer):
        _require_update(cls)


def _require_update(cls: type[Optimizer]) -> None:
    """Raise unless `step` can call `update`."""
    try:
        inspect.signature(cls.update).bind("self", "data", "grad", "state", "settings")
    except TypeError as error:
        expected = "(self, data, grad, state, settings)"
        raise make_fault(cls, f"update cannot be called: {error}; expected {expected}") from error
    except ValueError:  # compiled, without a signature
        return


# Kind -> the check of an object of that kind.
VALIDATORS: dict[str, Callable[[Any], None]] = {
    "operation": validate_operation,
    "initializer": validate_initializer,
    "optimizer": validate_optimizer,
}


def index_by_name(objects: Iterable[Any], kind: str) -> dict[str, Any]:
    """Return the objects of one kind by name.

    Raises
    ------
    PluginError
        Two objects have one name, or two operations implement one function.
    """
    table: dict[str, Any] = {}
    implementations: dict[Callable[..., Any], Any] = {}
    for obj in objects:
        if (other := table.get(obj.name, obj)) is not obj:
            locations = f"{locate(other)} and {locate(obj)}"
            raise PluginError(f"two {kind}s are called {obj.name!r}: {locations}")
        table[obj.name] = obj
        for function in getattr(obj, "implements", ()) if kind == "operation" else ():
            if (other := implementations.setdefault(find_ufunc(function), obj)) is not obj:
                locations = " and ".join(f"{each.name!r} ({locate(each)})" for each in (other, obj))
                raise PluginError(f"two operations implement {describe_function(function)}: {locations}")
    return table


def _require_methods(obj: Any, kind: str, names: tuple[str, ...]) -> None:
    """Raise unless all `names` are methods, neither coroutines nor generators."""
    for name in names:
        method = getattr(obj, name, None)
        if not callable(method):
            raise make_fault(obj, f"not {kind}: {_describe_other_kind(obj) or f'it has no method {name!r}'}")
        if inspect.iscoroutinefunction(method) or inspect.isgeneratorfunction(method):
            raise make_fault(
                obj, f"{name} must be a plain function that returns arrays, not async and without yield"
            )


def _describe_other_kind(obj: Any) -> str:
    """Return the kind whose methods an object has, with advice; empty if it has the methods of no kind."""
    for kind, names in _METHODS.items():
        if all(callable(getattr(obj, name, None)) for name in names):
            hook = f"return it from the hook minigrad_{kind.split()[1]}s of a plugin"
            return f"it is {kind}: use it as it is, or {hook}"
    return ""


def _require_name(obj: Any) -> None:
    """Raise unless `name` is a string that users can write after a dot."""
    name = getattr(obj, "name", None)
    if not isinstance(name, str):
        raise make_fault(obj, f"`name` must be a string, got {safe_repr(name)}")
    if name.startswith("_") and name.endswith("_"):
        raise make_fault(obj, f"{name!r} is not a usable name: Python reserves names between underscores")
    if fact := find_name_fault(name):
        raise make_fault(obj, fact)


def _require_context(op: Any, method: str, expected: str) -> None:
    """Raise unless the engine can call the method with a context and an array."""
    function = getattr(op, method)
    code: Any = getattr(function, "__code__", None)
    # `inspect.signature` takes 20 us, and a package of 200 operations has 400 methods that the first lookup
    # waits for. The code object is enough for the usual way to write them.
    is_usual = code and code.co_varnames[1:2] == ("ctx",) and code.co_argcount > 2
    if is_usual and (method == "forward" or not code.co_kwonlyargcount):
        return
    try:
        got = inspect.signature(function)
    except ValueError:  # compiled, without a signature
        return
    parameters = got.parameters.values()
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if "ctx" in names[1:] or (len(names) < 2 and not any(p.kind is p.VAR_POSITIONAL for p in parameters)):
        raise make_fault(op, f"{method}{got} cannot be called: expected {method}{expected}")
    required = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    if method == "backward" and required:
        raise make_fault(op, f"backward requires the keyword {required[0]!r}, which the engine never passes")


def _validate_implements(op: Any) -> None:
    """Raise unless `implements` is a tuple of functions that NumPy dispatches on tensors."""
    functions = getattr(op, "implements", ())
    if callable(functions):
        raise make_fault(
            op,
            f"`implements` must be a tuple, got {safe_repr(functions)} alone; "
            f"write ({describe_function(functions)},)",
        )
    if not isinstance(functions, tuple | list | set | frozenset):
        raise make_fault(op, f"`implements` must be a tuple of functions, got {safe_repr(functions)}")
    for function in functions:
        if not callable(function):
            fact = f"`implements` holds {safe_repr(function)}: give the function itself, as in (np.i0,)"
            raise make_fault(op, fact)
        if function in FUNCTIONS.shape_functions:
            raise make_fault(
                op, f"`implements` claims {describe_function(function)}, which the core itself implements"
            )
        if not _is_dispatched(function):
            raise make_fault(
                op,
                f"`implements` claims {describe_function(function)}, which never reaches a tensor: "
                "it is not a ufunc, and not dispatched by NumPy's __array_function__; drop the claim",
            )


def _is_dispatched(function: Any) -> bool:
    """Return whether a call of `function` on a tensor reaches the tensor's protocols."""
    if isinstance(getattr(function, "__self__", None), np.ufunc):  # np.add.reduce
        return True
    # np.array dispatches on its argument `like`.
    return (
        isinstance(find_ufunc(function), DISPATCHED_TYPES)
        or function is operator.getitem
        or function is np.array
    )
