"""The error of a trace: what a replay would not do, the line of the user's code, and the way out."""

from __future__ import annotations

from collections.abc import Callable
from traceback import walk_stack
from typing import Any, NoReturn

from ..contracts.location import locate, shorten_path
from ..errors import TracingError

_LIBRARIES = ("minigrad_", "numpy", "contextlib", "functools", "traceback")

# The messages in the current trace. NumPy replaces some exceptions of conversions, and `f` may catch them.
refusals: list[str] = []


def refuse(what: str, advice: str, f: Callable[..., Any] | None = None) -> NoReturn:
    """Raise a `TracingError` that names the line of the user's code, or the function `f`."""
    place = describe_function(f) if f else find_place()
    refusals.append(f"{place}: {what}, and a replay would repeat the value of this call: {advice}")
    raise TracingError(refusals[-1])


def find_place() -> str:
    """Return 'model.py:12', the innermost line that belongs neither to NumPy nor to minigrad's packages."""
    for frame, line in walk_stack(None):
        if not str(frame.f_globals.get("__name__", "")).startswith(_LIBRARIES):
            return f"{shorten_path(frame.f_code.co_filename)}:{line}"
    return "an operation"


def describe_function(f: Callable[..., Any]) -> str:
    """Return 'loss (model.py:12)'."""
    return f"{getattr(f, '__name__', repr(f))} ({locate(getattr(f, '__wrapped__', f))})"
