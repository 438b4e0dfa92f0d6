"""Which operation answers for a NumPy function: a plain table with one slot for a loader, called on a miss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Function: TypeAlias = Callable[..., Any]
Finder: TypeAlias = Callable[[Function], "Function | None"]


class FunctionTable(dict[Function, Function]):
    """NumPy or SciPy function -> what to call instead when an argument is a tensor.

    The values take the function's own arguments. `find` is the slot: it is called when a function is not in
    the table, may load plugins and fill the table, and returns what it found or None.
    """

    find: Finder

    def __init__(self) -> None:
        super().__init__()
        self.find = lambda _: None

    def __missing__(self, function: Function) -> Function:
        found = self.find(function)
        if found is None:
            raise KeyError(function)
        return found


FUNCTIONS = FunctionTable()
