"""Which operation answers for a NumPy function: a plain table, filled on a miss."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from .loading import SLOT

Function: TypeAlias = Callable[..., Any]


class FunctionTable(dict[Function, Function]):
    """NumPy or SciPy function -> what to call instead when an argument is a tensor.

    The values take the function's own arguments. Each function is looked for once, also if nobody answers.

    Attributes
    ----------
    shape_functions : frozenset of callables
        Functions of shapes and types alone: the fallback computes them, whatever plugins say.
    fallback : callable
        The tensors' slot. Called with the function and its arguments where no operation answers.
    """

    shape_functions: frozenset[Function] = frozenset()
    fallback: Callable[..., Any]

    def __missing__(self, function: Function) -> Function:
        found = None if function in self.shape_functions else SLOT.loader.answer(function)
        call = found or partial(self.fallback, function)
        if found or function in self.shape_functions or not SLOT.loader.out_of_resources():
            self[function] = call
        return call


FUNCTIONS = FunctionTable()
