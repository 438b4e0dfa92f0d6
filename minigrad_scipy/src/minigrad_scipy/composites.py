"""Operations with the values of SciPy's function and the gradient of a formula."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Self

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case
from minigrad_ops_basic.composite import pull_back

from .precision import cast_each, match_precision, widen_each
from .primitives import ScipyFunction
from .tensors import get_array


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


class Sampled(Composite):
    """A function of SciPy that returns coordinates, such as frequencies, and samples at them.

    The operation returns the samples. The description yields the tuple of coordinates, and then the samples.
    """

    def __init__(
        self,
        path: str,
        description: Callable[..., Iterator[Any]],
        cases: Sequence[Case],
        *,
        real: bool = False,
    ) -> None:
        super().__init__(path, description, cases, real=real)
        self.formula = self.reference = partial(_find_samples, description)

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        return super().compute(*inputs, **settings)[-1]

    def list_coordinates(self, *inputs: Any, **settings: Any) -> Any:
        """Return the coordinates, for which the description computes no samples."""
        return next(self.description(*(np.asarray(get_array(x)) for x in inputs), **settings))


def _find_samples(description: Callable[..., Iterator[Any]], *inputs: Any, **settings: Any) -> Any:
    _, samples = description(*inputs, **settings)
    return samples
