"""The base class of operations that implement a NumPy function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad_core import Operation


class NumpyFunction(Operation):
    """An operation with the name of `function` (or `name`), which implements it and `others`."""

    def __init__(self, function: Callable[..., Any], *others: Callable[..., Any], name: str = "") -> None:
        self.name = name or function.__name__
        self.function = function
        self.implements = (function, *others)
