"""Which operation answers for a NumPy function: a plain table, with slots for what happens on a miss."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

Function: TypeAlias = Callable[..., Any]


class FunctionTable(dict[Function, Function]):
    """NumPy or SciPy function -> what to call instead when an argument is a tensor.

    The values take the function's own arguments.

    Attributes
    ----------
    find : callable
        The loader's slot. Called with a function that is not in the table; it may load plugins and fill the
        table, and returns what it found, or None.
    fallback : callable
        The tensors' slot. Called with the function and its arguments where no operation answers.
    """

    find: Callable[[Function], Function | None]
    fallback: Callable[..., Any]

    def __missing__(self, function: Function) -> Function:
        return self.find(function) or partial(self.fallback, function)


FUNCTIONS = FunctionTable()
FUNCTIONS.find = lambda _: None
