"""Names of NumPy's and SciPy's functions as users write them: `np.add.reduce`, `scipy.special.erf`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np


def find_ufunc(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the ufunc that a function of `scipy.special` wraps under `SCIPY_ARRAY_API=1`, or the function.

    A call of the wrapper on a tensor reaches `__array_ufunc__` with the ufunc.
    """
    wrapped = getattr(function, "__wrapped__", None)
    return wrapped if isinstance(wrapped, np.ufunc) else function


def describe_function(function: Callable[..., Any]) -> str:
    """Return the name of a function as a user writes it: np.linalg.norm, np.add.reduce, scipy.special.erf."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        return f"np.{owner.__name__}.{function.__name__}"
    name: str = getattr(function, "__name__", repr(function))
    module = getattr(function, "__module__", None)
    if module is None:  # a ufunc has no module
        homes = ("numpy", "scipy.special")
        module = next((home for home in homes if _is_in(home, name, function)), "")
    return f"{module.replace('numpy', 'np', 1)}.{name}" if module else name


def is_path_to(path: str, function: Any) -> bool:
    """Return whether a dotted name leads to a function, among the modules that are imported already.

    >>> import numpy as np
    >>> is_path_to("numpy.add.reduce", np.add.reduce), is_path_to("np.abs", np.absolute)
    (True, True)
    >>> is_path_to("np.e", np.exp)
    False
    """
    first, *rest = path.split(".")
    obj: Any = sys.modules.get("numpy" if first == "np" else first)
    try:
        for part in rest:  # `vars`: the `__getattr__` of a module may import other modules
            obj = vars(obj).get(part) if isinstance(obj, ModuleType) else getattr(obj, part, None)
        # Not `is`: each access makes a new method of a ufunc.
        return bool(find_ufunc(obj) == find_ufunc(function))
    except Exception:  # the name may lead through objects of any plugin
        return False


def _is_in(module: str, name: str, function: Callable[..., Any]) -> bool:
    """Return whether a module that is imported has the function, or a wrapper of it, under a name."""
    return find_ufunc(getattr(sys.modules.get(module), name, _is_in)) is function
