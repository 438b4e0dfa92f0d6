"""Where something was defined: "minigrad_mine/gelu.py:12"."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any


def location(thing: object) -> str:
    """Return file and line of a function, class or module, or of the class of an instance."""
    file, line = file_and_line(thing)
    if file is None:  # built in, compiled, or defined in a prompt
        source = _defined(thing)
        parts = getattr(source, "__module__", None) or "?", getattr(source, "__qualname__", "")
        return ".".join(parts).rstrip(".")
    return f"{shortened(file)}:{line}"


def file_and_line(thing: object) -> tuple[str | None, int]:
    """Return the file, or None, and the line."""
    source = _defined(thing)
    try:
        file = inspect.getsourcefile(source)
        return file, 1 if isinstance(source, ModuleType) else inspect.getsourcelines(source)[1]
    except (OSError, TypeError):
        return None, 1


def shortened(file: str) -> str:
    """Return a path relative to the present folder where it lies below it."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):  # it lies elsewhere; the folder is gone
        return file


def _defined(thing: object) -> Any:
    return thing if isinstance(thing, FunctionType | MethodType | ModuleType | type) else type(thing)
