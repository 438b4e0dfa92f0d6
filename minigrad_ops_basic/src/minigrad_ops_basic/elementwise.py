"""Elementwise operations, each made of a NumPy function and the rule of its gradient.

The rule is a function with a decorator, which makes an operation of it::

    @InputElementwise.define(np.sin)
    def sin(grad, x):
        return grad * np.cos(x)

The four classes differ in the arrays that the rule takes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, Self

from minigrad_core import Array, Context
from minigrad_core.cases import Case

from .function import NumpyFunction


class Elementwise(NumpyFunction):
    """A NumPy function with broadcasting, and `rule`, which computes its gradient."""

    broadcasts = True

    def __init__(
        self,
        function: Callable[..., Any],
        rule: Callable[..., Any],
        cases: tuple[Case, ...],
        takes_complex: bool,
        implements: tuple[Callable[..., Any], ...],
    ) -> None:
        super().__init__(function, *implements)
        self.rule = rule
        self.takes_complex = takes_complex
        self.cases = cases
        self.__doc__ = rule.__doc__
        # pickle, and the mutants of the contract kit, find the rule by its name.
        rule.__qualname__ += ".rule"

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Return the name of the operation for protocols below 4: they look `rule` up before it is set."""
        if protocol >= 4:
            return super().__reduce_ex__(protocol)
        return _find_operation, (self.rule.__module__, self.rule.__qualname__.removesuffix(".rule"))

    @classmethod
    def define(
        cls,
        function: Callable[..., Any],
        *cases: Case,
        takes_complex: bool = False,
        implements: tuple[Callable[..., Any], ...] = (),
    ) -> partial[Self]:
        """Return a decorator that makes an operation of a rule, with the docstring of the rule.

        implements: the NumPy functions that the operation implements in addition to `function`.
        """
        return partial(cls, function, cases=cases, takes_complex=takes_complex, implements=implements)


def _find_operation(module: str, name: str) -> Any:
    return getattr(import_module(module), name)


class LinearElementwise(Elementwise):
    """A linear function of one array: d/dx = rule(grad)."""

    def forward(self, ctx: Context, x: Array) -> Array:
        return self.function(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return self.rule(grad)


class InputElementwise(Elementwise):
    """A function of one array x: d/dx = rule(grad, x)."""

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return self.function(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return self.rule(grad, x)


class OutputElementwise(Elementwise):
    """A function y = f(x) whose derivative follows from y: d/dx = rule(grad, y)."""

    def forward(self, ctx: Context, x: Array) -> Array:
        y = self.function(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        (y,) = ctx.saved
        return self.rule(grad, y)


class BinaryElementwise(Elementwise):
    """A function of two arrays: (d/dx, d/dy) = rule(grad, x, y, needs), None where `needs` is False."""

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return self.function(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        return self.rule(grad, x, y, ctx.needs)
