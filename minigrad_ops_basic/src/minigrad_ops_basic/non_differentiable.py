"""Base classes of NumPy's functions without a gradient, which return plain arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.tensor.signatures import get_signature


class UnaryUfunc(Operation):
    """A ufunc of one array."""

    broadcasts = True
    differentiable = False

    def __init__(self, ufunc: np.ufunc, doc: str, *cases: Case) -> None:
        self.name = ufunc.__name__
        self.ufunc = ufunc
        self.implements = (ufunc,)
        self.cases = cases
        self.__doc__ = doc

    def forward(self, ctx: Context, x: Array) -> Array:
        return self.ufunc(x)


class BinaryUfunc(Operation):
    """A ufunc of two arrays, with broadcasting."""

    broadcasts = True
    differentiable = False

    def __init__(self, ufunc: np.ufunc, doc: str, *cases: Case) -> None:
        self.name = ufunc.__name__
        self.ufunc = ufunc
        self.implements = (ufunc,)
        self.cases = cases
        self.__doc__ = doc

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        return self.ufunc(x, y)


class NonDifferentiable(Operation):
    """A NumPy function with NumPy's arguments: the first `arrays` of them are inputs."""

    arrays = 1
    differentiable = False

    def __init__(self, function: Callable[..., Any], cases: tuple[Case, ...] = ()) -> None:
        self.name = function.__name__
        self.function = function
        self.reference = self.reference or function  # with the arguments of forward, not of from_numpy
        self.implements = (function,)
        self.cases = cases or self.cases
        self.__doc__ = f"`np.{self.name}` of plain arrays, shapes as there; it has no gradient."

    def from_numpy(self, *args: Any, **kwargs: Any) -> Any:
        """Take the first arguments as the arrays, the others by name."""
        signature = get_signature(self.function)
        assert signature is not None
        given = list(signature.bind(*args, **kwargs).arguments.items())
        return [x for _, x in given[: self.arrays]], dict(given[self.arrays :])


class UnaryFunction(NonDifferentiable):
    """A function of one array."""

    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any, **settings: Any) -> Any:
        return self.function(x, **settings)


class BinaryFunction(NonDifferentiable):
    """A function of two arrays."""

    arrays = 2
    cases = (Case(x=real("n"), y=real("n")),)

    def forward(self, ctx: Context, x: Any, y: Any, **settings: Any) -> Any:
        return self.function(x, y, **settings)
