"""Names of distributions and functions, and descriptions of exceptions."""

from __future__ import annotations

import re
import sys
from errno import EMFILE, ENFILE, ENOMEM
from types import ModuleType
from typing import Any

from ..tensor.protocols import find_ufunc


def canonicalize_name(name: str) -> str:
    """Return the name of a distribution as indexes compare it (PEP 503).

    `packaging.utils` has the same function, and takes 20 ms to import.

    Examples
    --------
    >>> canonicalize_name("Minigrad_Ops.NN")
    'minigrad-ops-nn'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def is_path_to(path: str, function: Any) -> bool:
    """Return whether a dotted name leads to a function, among the modules that are imported already.

    Examples
    --------
    >>> import numpy as np
    >>> is_path_to("numpy.add.reduce", np.add.reduce), is_path_to("np.abs", np.absolute)
    (True, True)
    >>> is_path_to("np.e", np.exp)
    False
    """
    try:
        # Not `is`: each access makes a new method of a ufunc.
        return bool(find_ufunc(resolve_path(path)) == find_ufunc(function))
    except Exception:  # the name may lead through objects of any plugin
        return False


def resolve_path(path: str) -> Any:
    """Return the object that a dotted name leads to, or None."""
    first, *rest = path.split(".")
    obj: Any = sys.modules.get("numpy" if first == "np" else first)
    for part in rest:  # `vars`: the `__getattr__` of a module may import other modules
        obj = vars(obj).get(part) if isinstance(obj, ModuleType) else getattr(obj, part, None)
    return obj


def is_resource_error(error: BaseException | None) -> bool:
    """Return whether stack, memory or open files ran out: no fault of the code that needed them."""
    out = isinstance(error, RecursionError | MemoryError)
    out |= isinstance(error, OSError) and error.errno in {EMFILE, ENFILE, ENOMEM}
    return out or (error is not None and is_resource_error(error.__cause__ or error.__context__))


def describe_exception(error: BaseException) -> str:
    """Return the type and the message of an exception: "ValueError: expected a number"."""
    try:
        message = str(error)
    except Exception:  # the exception may be of a class of a plugin
        message = "its message cannot be shown"
    return f"{type(error).__name__}: {message}".rstrip(": ")
