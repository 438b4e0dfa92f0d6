"""Operations with the values of SciPy's function and the gradient of a formula."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case
from minigrad_ops_basic.composite import pull_back

from .binding import bind
from .precision import cast_each, match_precision, widen_each
from .primitives import ScipyFunction


class DescribedFunction(ScipyFunction):
    """A function of SciPy that a plain function describes: its arguments and their defaults.

    description: takes SciPy's arguments under their names: inputs by position, settings by keyword. With a
    decorator, it becomes the operation::

        @Composite.define("linalg.circulant", Case(c=real("n")))
        def circulant(c):
            ...
    """

    def __init__(
        self,
        path: str,
        description: Callable[..., Any],
        cases: Sequence[Case],
        *,
        name: str = "",
        real: bool = False,
    ) -> None:
        super().__init__(path, name=name)
        self.description = description
        self.cases = cases
        self.takes_complex = not real
        self.__doc__ = getattr(description, "func", description).__doc__
        parameters = list(inspect.signature(description).parameters.values())
        context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_ONLY)
        self.signature = inspect.Signature([context, *parameters])

    @classmethod
    def define(cls, path: str, *cases: Case, **options: Any) -> partial[Self]:
        """Return a decorator that turns a description into an operation; options: arguments of the class."""
        return partial(cls._decorate, path, cases, options)

    @classmethod
    def _decorate(cls, path: str, cases: Any, options: Any, description: Callable[..., Any]) -> Self:
        # pickle, and the mutants of the contract kit, find the description by its name.
        description.__qualname__ += ".description"
        return cls(path, description, cases, **options)

    @property
    def forward(self) -> Any:
        """The method, with the signature of the description."""
        method: Any = partial(self.compute_and_save)
        method.__signature__ = self.signature
        return method

    def compute_and_save(self, ctx: Context, *inputs: Any, **settings: Any) -> Any:
        """Return SciPy's result, and save the call."""
        ctx.save(inputs, settings)
        return self.evaluate(*inputs, **settings)

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        """Return SciPy's result, in single precision if all floating-point inputs have it."""
        result = super().compute(*inputs, **settings)
        if isinstance(result, list):  # for a stack of matrices
            result = tuple(result)
        kinds = {x.dtype.char for x in inputs if isinstance(x, np.ndarray) and x.dtype.kind in "fc"}
        if not kinds or not kinds <= {"f", "F"}:
            return result
        if isinstance(result, tuple):
            return tuple(map(_to_single, result))
        return _to_single(result)


def _to_single(x: Any) -> Any:
    return match_precision(x, np.float32) if x.dtype.char in "dD" else x


class Composite(DescribedFunction):
    """A function of SciPy that consists of functions with gradients.

    formula: describes the function, and returns its value by functions of NumPy and of the mirrors.

    `forward` returns SciPy's result, and `backward` evaluates the formula again and pulls the gradient back
    through it. The formula is also the reference of the contract kit, unless another one is given.
    """

    def __init__(
        self,
        path: str,
        formula: Callable[..., Any],
        cases: Sequence[Case],
        *,
        name: str = "",
        real: bool = False,
        reference: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(path, formula, cases, name=name, real=real)
        self.formula: Callable[..., Any] = formula
        self.reference = reference or formula

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Any, ...]:
        inputs, settings = ctx.saved
        wide = widen_each(inputs)
        pulled = pull_back(
            partial(self.formula, **settings), wide, ctx.needs, (grad, *grads) if grads else grad
        )
        return cast_each(pulled, inputs)


class LastOutput(Composite):
    """The last output of a function of SciPy; the other outputs, such as frequencies, are constant.

    list_constants: takes the last output and, by name, all arguments of SciPy's function, and returns the
    other outputs.
    """

    def __init__(
        self,
        path: str,
        formula: Callable[..., Any],
        cases: Sequence[Case],
        *,
        list_constants: Callable[..., tuple[Any, ...]],
        real: bool = False,
    ) -> None:
        super().__init__(path, formula, cases, real=real)
        self.list_constants = list_constants

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        return super().compute(*inputs, **settings)[-1]

    def make_function(self) -> Callable[..., tuple[Any, ...]]:
        """Return a function with the arguments and the outputs of SciPy's function."""

        def function(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
            original = self.get_function()
            value = bind(original, self)(*args, **kwargs)
            given = inspect.signature(original).bind(*args, **kwargs)
            given.apply_defaults()
            for name in self.inputs:
                if isinstance(given.arguments[name], list):
                    given.arguments[name] = np.asarray(given.arguments[name])
            return *self.list_constants(value, **given.arguments), value

        function.__name__ = self.name
        return function
