"""Locations of definitions, for messages: "minigrad_mine/gelu.py:12"."""

from __future__ import annotations

import inspect
from pathlib import Path
from traceback import walk_stack
from types import FunctionType, MethodType, ModuleType
from typing import Any

_LIBRARIES = ("minigrad_", "numpy", "contextlib", "functools", "traceback")


def locate(obj: object) -> str:
    """Return "file:line" of a function, class or module, or of the class of an instance.

    An object without a file has its qualified name instead.
    """
    file, line = find_file_and_line(obj)
    if file is None:  # built in, compiled, or defined at a prompt
        source = _get_definition(obj)
        parts = getattr(source, "__module__", None) or "?", getattr(source, "__qualname__", "")
        return ".".join(parts).rstrip(".")
    return f"{shorten_path(file)}:{line}"


def locate_user_code() -> str:
    """Return "file:line" of the innermost running line outside of NumPy and minigrad's packages."""
    for frame, line in walk_stack(None):
        if not str(frame.f_globals.get("__name__", "")).startswith(_LIBRARIES):
            return f"{shorten_path(frame.f_code.co_filename)}:{line}"
    return "an operation"


def describe_definition(f: Any) -> str:
    """Return "loss (model.py:12)"."""
    return f"{getattr(f, '__name__', repr(f))} ({locate(getattr(f, '__wrapped__', f))})"


def find_file_and_line(obj: object) -> tuple[str | None, int]:
    """Return the file, or None, and the line of the definition of `obj`."""
    source = _get_definition(obj)
    try:
        file = inspect.getsourcefile(source)
        return file, 1 if isinstance(source, ModuleType) else inspect.getsourcelines(source)[1]
    except (OSError, TypeError):
        return None, 1


def shorten_path(file: str) -> str:
    """Return a path relative to the working directory if it lies below it, else unchanged."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):  # outside; or the directory was deleted
        return file


def _get_definition(obj: object) -> Any:
    return obj if isinstance(obj, FunctionType | MethodType | ModuleType | type) else type(obj)
