"""Which operation answers for a NumPy function: a plain table, with slots for what happens on a miss."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

Function: TypeAlias = Callable[..., Any]


class FunctionTable(dict[Function, Function]):
    """NumPy or SciPy function -> what to call instead when an argument is a tensor.

    The values take the function's own arguments. Each function is looked for once, also if nobody answers.

    Attributes
    ----------
    of_form : frozenset of callables
        Functions that the fallback answers for, whatever plugins say.
    find : callable
        The loader's slot. Called with a function that is not in the table; it may load plugins, and returns
        what it found, or None.
    fallback : callable
        The tensors' slot. Called with the function and its arguments where no operation answers.
    """

    of_form: frozenset[Function] = frozenset()
    find: Callable[[Function], Function | None]
    fallback: Callable[..., Any]

    def __missing__(self, function: Function) -> Function:
        found = None if function in self.of_form else self.find(function)
        self[function] = call = found or partial(self.fallback, function)
        return call


FUNCTIONS = FunctionTable()
FUNCTIONS.find = lambda _: None
