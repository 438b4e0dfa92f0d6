"""Operations with the gradient of an equivalent formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from minigrad_core import Array, Context, Tensor, vjp

from .dtypes import as_arrays, detach
from .function import NumpyFunction

Gradients: TypeAlias = tuple[Array | None, ...]


class Composite(NumpyFunction):
    """An operation that equals a formula of NumPy functions with gradients.

    `forward` returns the result of NumPy, and saves `(formula, inputs, settings)`; `backward` evaluates the
    formula again and pulls the gradient back through it. This costs a second forward pass, and gives rare
    functions derivatives of any order without a rule of their own.
    """

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Gradients:
        formula, inputs, settings, *_ = ctx.saved
        formula = partial(formula, **settings)
        return pull_back(formula, as_arrays(*inputs), ctx.needs, (grad, *grads) if grads else grad)


def pull_back(
    formula: Callable[..., Any], inputs: Sequence[Any], needs: Sequence[bool], grad: Any
) -> Gradients:
    """Return the gradients of the inputs of `formula` that are needed, and None for the others.

    grad: the gradient of the value of the formula, a tuple of gradients for a tuple of values.
    """
    chosen = [i for i, needed in enumerate(needs) if needed]
    if not chosen:
        return (None,) * len(needs)

    def evaluate(*values: Any) -> Any:
        arguments = list(inputs)
        for i, value in zip(chosen, values, strict=True):
            arguments[i] = value
        return formula(*arguments)

    _, pullback = vjp(evaluate, *(inputs[i] for i in chosen))
    results = pullback(grad)
    results = results if len(chosen) > 1 else (results,)
    grads = grad if isinstance(grad, tuple) else (grad,)
    if not any(isinstance(x, Tensor) for x in (*inputs, *grads)):
        results = map(detach, results)  # inside another transform `vjp` returns tensors, even for arrays
    gradients = iter(results)
    return tuple(next(gradients) if needed else None for needed in needs)
