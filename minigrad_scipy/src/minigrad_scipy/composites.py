"""Operations with the values of SciPy's function and the gradient of a formula."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from minigrad_core import Array, Context
from minigrad_core.cases import Case

from .formulas import pull_back
from .primitives import ScipyFunction, cast


class DescribedFunction(ScipyFunction):
    """A function of SciPy that a plain function describes: its arguments and their defaults.

    description: takes SciPy's arguments under their names: inputs by position, settings by keyword.
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
        self.inputs = tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)
        context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_ONLY)
        self.signature = inspect.Signature([context, *parameters])

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
        return super().compute(**dict(zip(self.inputs, inputs, strict=False)), **settings)


class Composite(DescribedFunction):
    """A function of SciPy that consists of functions with gradients.

    formula: describes the function, and returns its value by functions of NumPy and of the mirrors.

    `forward` returns SciPy's result, and `backward` evaluates the formula again and pulls the gradient back
    through it. The formula is also the reference of the contract kit.
    """

    def __init__(
        self,
        path: str,
        formula: Callable[..., Any],
        cases: Sequence[Case],
        *,
        name: str = "",
        real: bool = False,
    ) -> None:
        super().__init__(path, formula, cases, name=name, real=real)
        self.formula: Callable[..., Any] = formula
        self.reference = formula

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Any, ...]:
        inputs, settings = ctx.saved
        pulled = pull_back(
            partial(self.formula, **settings), inputs, ctx.needs, (grad, *grads) if grads else grad
        )
        return tuple(g if g is None else cast(g, x.dtype) for g, x in zip(pulled, inputs, strict=True))
