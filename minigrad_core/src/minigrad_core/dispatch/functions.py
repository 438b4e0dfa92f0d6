"""The table from a NumPy function to the operation that implements it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from .loading import SLOT

Function: TypeAlias = Callable[..., Any]


class FunctionTable(dict[Function, Function]):
    """NumPy or SciPy function -> the callable to call instead when an argument is a tensor.

    The callable takes the arguments of the function. The table calls the loader once per function, and stores
    the fallback where no operation implements it.

    Attributes
    ----------
    shape_functions : frozenset of callables
        Functions of shapes and dtypes only. The fallback computes them; no plugin can implement them.
    fallback : callable
        Takes a function that no operation implements, and its arguments. `tensor/fallback.py` sets it.
    assign : callable
        Takes a tensor, an index and a value, for `tensor[index] = value`. `tensor/assignment.py` sets it.
    """

    shape_functions: frozenset[Function] = frozenset()
    fallback: Callable[..., Any]
    assign: Callable[..., None]

    def __missing__(self, function: Function) -> Function:
        is_shape_function = function in self.shape_functions
        implementation = None if is_shape_function else SLOT.loader.find_implementation(function)
        call = implementation or partial(self.fallback, function)
        if implementation or is_shape_function or not SLOT.loader.out_of_resources():
            self[function] = call
        return call


FUNCTIONS = FunctionTable()
