"""Operations without a gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real
from minigrad_core.tensor.signatures import get_signature

from .function import NumpyFunction


class NonDifferentiableUfunc(NumpyFunction):
    """A ufunc without a gradient. doc: the docstring of the operation."""

    broadcasts = True
    differentiable = False

    def __init__(self, ufunc: np.ufunc, doc: str, *cases: Case) -> None:
        super().__init__(ufunc)
        self.cases = cases
        self.__doc__ = doc


class UnaryUfunc(NonDifferentiableUfunc):
    """A ufunc of one array."""

    def forward(self, ctx: Context, x: Array) -> Array:
        return self.function(x)


class BinaryUfunc(NonDifferentiableUfunc):
    """A ufunc of two arrays, with broadcasting."""

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        return self.function(x, y)


class NonDifferentiable(NumpyFunction):
    """A NumPy function without a gradient, and with its arguments: the first `arrays` of them are inputs."""

    arrays = 1
    differentiable = False

    def __init__(self, function: Callable[..., Any], cases: tuple[Case, ...] = ()) -> None:
        super().__init__(function)
        self.reference = self.reference or function  # with the arguments of forward, not of from_numpy
        self.cases = cases or self.cases
        self.__doc__ = f"`np.{self.name}`, with the shapes of NumPy; it has no gradient."

    def from_numpy(self, *args: Any, **kwargs: Any) -> Any:
        """Take the first arguments as inputs, the others by name."""
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
