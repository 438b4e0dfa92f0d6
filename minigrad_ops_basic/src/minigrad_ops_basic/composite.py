"""Operations with the gradient of an equivalent formula."""

from __future__ import annotations

from typing import Any

from minigrad_core import Array, Context, vjp

from .dtypes import as_arrays
from .function import NumpyFunction


class Composite(NumpyFunction):
    """An operation that equals a formula of NumPy functions with gradients.

    `forward` returns the result of NumPy, and saves `(formula, inputs, settings)`; `backward` evaluates the
    formula again and pulls the gradient back through it. This costs a second forward pass, and gives rare
    functions derivatives of any order without a rule of their own.
    """

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array | None, ...]:
        formula, inputs, settings, *_ = ctx.saved
        chosen = [i for i, needed in enumerate(ctx.needs) if needed]
        inputs = as_arrays(*inputs)

        def evaluate(*values: Array) -> Any:
            filled = list(inputs)
            for i, value in zip(chosen, values, strict=True):
                filled[i] = value
            return formula(*filled, **settings)

        _, pullback = vjp(evaluate, *(inputs[i] for i in chosen))
        pulled = pullback((grad, *grads) if grads else grad)
        results: list[Array | None] = [None] * len(ctx.needs)
        for i, result in zip(chosen, pulled if len(chosen) > 1 else (pulled,), strict=True):
            results[i] = result
        return tuple(results)
