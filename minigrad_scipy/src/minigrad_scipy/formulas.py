"""Gradients of formulas, for rules that a formula states more simply than its derivatives do."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation, vjp
from minigrad_ops_basic.dtypes import detach

from .mirror import has_tensor

Gradients = tuple[Array | None, ...]


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
        filled = list(inputs)
        for i, value in zip(chosen, values, strict=True):
            filled[i] = value
        return formula(*filled)

    _, pullback = vjp(evaluate, *(inputs[i] for i in chosen))
    pulled = pullback(grad)
    pulled = pulled if len(chosen) > 1 else (pulled,)
    if not has_tensor([*inputs, grad]):  # inside another transform the results are tensors, also for arrays
        pulled = map(detach, pulled)
    gradients = iter(pulled)
    return tuple(next(gradients) if needed else None for needed in needs)


class Implicit(Operation):
    """An operation whose output y solves `residual(y, *inputs) = 0`.

    With h the solution of (d residual / dy)^T h = grad, the gradients are -(d residual / d inputs)^T h.
    """

    @abstractmethod
    def residual(self, y: Any, *inputs: Any, **settings: Any) -> Any:
        """Return the array that is zero at the solution y."""
        ...

    @abstractmethod
    def solve_adjoint(self, grad: Any, y: Any, *inputs: Any, **settings: Any) -> Any:
        """Return the solution h of (d residual / dy)^T h = grad."""
        ...

    def save_call(self, ctx: Context, y: Any, *inputs: Any, **settings: Any) -> None:
        """Save the solution, the inputs and the settings for `backward`."""
        ctx.save(settings, y, *inputs)

    def backward(self, ctx: Context, grad: Array) -> Any:
        settings, y, *inputs = ctx.saved
        h = self.solve_adjoint(grad, y, *inputs, **settings)
        residual = lambda *inputs: self.residual(y, *inputs, **settings)  # noqa: E731
        return pull_back(residual, inputs, ctx.needs, -h)


def keep_precision(y: Any, *inputs: Any) -> Any:
    """Return `y` in single precision if all `inputs` are, where SciPy computes in double precision."""
    if all(x.dtype.char in "efF" for x in inputs):
        return y.astype(np.complex64 if y.dtype.kind == "c" else np.float32)
    return y
