"""Names of distributions, functions and exceptions."""

from __future__ import annotations

import re
import sys
from errno import EMFILE, ENFILE, ENOMEM
from types import ModuleType
from typing import Any


def canonicalize_name(name: str) -> str:
    """Return a name as indexes compare it (PEP 503). `packaging.utils` has it too, and takes 20 ms to import.

    Examples
    --------
    >>> canonicalize_name("Minigrad_Ops.NN")
    'minigrad-ops-nn'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def is_path_to(path: str, function: Any) -> bool:
    """Return whether a dotted name leads to a function, among what is imported already.

    Examples
    --------
    >>> import numpy as np
    >>> is_path_to("numpy.add.reduce", np.add.reduce), is_path_to("np.abs", np.absolute)
    (True, True)
    >>> is_path_to("np.e", np.exp)
    False
    """
    try:
        return bool(resolve_path(path) == function)  # not `is`: methods of ufuncs are made anew each time
    except Exception:  # a stranger's name may lead through anything
        return False


def resolve_path(path: str) -> Any:
    """Return what a dotted name leads to, or None."""
    first, *rest = path.split(".")
    thing: Any = sys.modules.get("numpy" if first == "np" else first)
    for part in rest:  # `vars`: a module's own __getattr__ may import what nobody has asked for
        thing = vars(thing).get(part) if isinstance(thing, ModuleType) else getattr(thing, part, None)
    return thing


def is_resource_error(error: BaseException | None) -> bool:
    """Return whether stack, memory or open files ran out: no fault of the code that happened to need them."""
    lacks = isinstance(error, RecursionError | MemoryError)
    lacks |= isinstance(error, OSError) and error.errno in {EMFILE, ENFILE, ENOMEM}
    return lacks or (error is not None and is_resource_error(error.__cause__ or error.__context__))


def describe_exception(error: BaseException) -> str:
    """Return type and message of an exception."""
    try:
        message = str(error)
    except Exception:  # the exception is a plugin's too
        message = "its message cannot be shown"
    return f"{type(error).__name__}: {message}".rstrip(": ")
