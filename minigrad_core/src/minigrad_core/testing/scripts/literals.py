"""Values as Python expressions, and the lines that import a function or class."""

import sys
from typing import Any

import numpy as np


class Name(str):
    """A name that the beginning of a script defines."""

    __slots__ = ()


def write_import(thing: Any, target: str) -> str:
    """Return the lines that import a class, or an instance that its class makes without arguments."""
    cls: Any = thing if isinstance(thing, type) else type(thing)
    module, name = cls.__module__, cls.__qualname__
    registered = getattr(sys.modules.get(module), str(getattr(thing, "name", "")), None)
    if registered is not None and registered is thing:
        return f"from {module} import {thing.name!s} as {target}"
    if "<locals>" in name:
        return f"from {module} import ...  # {name} was made in a function: assign it\n{target} = ..."
    made = "" if cls is thing else "()"
    return f"from {module} import {name.partition('.')[0]}\n{target} = {name}{made}"


def is_of_kit(value: Any) -> bool:
    """Return whether a value is a function or class of the kit, whose source a script may have."""
    return str(getattr(value, "__module__", "")).startswith("minigrad_core.testing.")


def write_literal(value: Any) -> str:
    """Return a Python expression for an argument."""
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, np.ndarray):
        reshaped = "" if value.size else f".reshape({value.shape})"
        return f"np.array({value.tolist()!r}, dtype=np.{value.dtype.name}){reshaped}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {write_literal(x)}' for key, x in value.items())}}}"
    if type(value) in (list, tuple):
        separator = ",\n" if any(isinstance(x, list) for x in value) else ", "
        items = separator.join(map(write_literal, value))
        return f"[{items}]" if isinstance(value, list) else f"({items}{',' * (len(value) == 1)})"
    if not hasattr(value, "__qualname__"):
        return repr(value)
    if value.__module__ == "builtins" or is_of_kit(value):
        return str(value.__name__)  # the source of a function of the kit is in the script
    return f"importlib.import_module({value.__module__!r}).{value.__qualname__}"
