"""The base class of operations that stand for a NumPy function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad_core import Operation


class NumpyFunction(Operation):
    """An operation with the name of `function`, which answers for it and for `others`."""

    def __init__(self, function: Callable[..., Any], *others: Callable[..., Any]) -> None:
        self.name = function.__name__
        self.function = function
        self.implements = (function, *others)
