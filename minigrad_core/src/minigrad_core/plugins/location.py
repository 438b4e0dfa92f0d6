"""Where something was defined: "minigrad_mine/gelu.py:12"."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any


def location(thing: object) -> str:
    """Return file and line of a function, class or module, or of the class of an instance."""
    source: Any = thing
    if not isinstance(thing, FunctionType | MethodType | ModuleType | type):
        source = type(thing)
    try:
        file = inspect.getsourcefile(source)
        line = 1 if isinstance(source, ModuleType) else inspect.getsourcelines(source)[1]
    except (OSError, TypeError):  # built in, compiled, or defined in a prompt
        return f"{getattr(source, '__module__', None) or '?'}.{getattr(source, '__qualname__', '')}".rstrip(
            "."
        )
    return f"{shortened(file)}:{line}" if file else "?"


def shortened(file: str) -> str:
    """Return a path relative to the present folder where it lies below it."""
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
