"""Values and imports as Python code."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray


def literal(x: NDArray[Any]) -> str:
    """Return the values of an array as nested lists.

    >>> import numpy as np
    >>> literal(np.array([[1.5, np.nan], [np.inf, 0.0]]))
    "[[1.5, float('nan')], [float('inf'), 0.0]]"
    """
    return _format_value(x.tolist())


def _format_value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_format_value, value))}]"
    return repr(value) if not isinstance(value, float) or math.isfinite(value) else f"float({str(value)!r})"


def import_lines(f: Any) -> list[str]:
    """Return the line that imports a function as `f`, or says that it was made in another one."""
    module, name = str(getattr(f, "__module__", "")), str(getattr(f, "__qualname__", ""))
    if not module or "<" in name or not name:
        return [
            f"from {module or '...'} import ...  # made in a function or without a name: assign it to f",
            "f = ...",
        ]
    first, _, rest = name.partition(".")
    return [f"from {module} import {first}", f"f = {first}{'.' * bool(rest)}{rest}"]
