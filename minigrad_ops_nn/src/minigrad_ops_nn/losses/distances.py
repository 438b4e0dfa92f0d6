"""Mean squared error, mean absolute error, and the base of losses of a difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..activations.pointwise import return_saved_derivative
from ..kernels.precision import to_floating
from ..references import losses
from .reduction import Reduction, check_pair, reduce_losses, spread_gradient


class DifferenceLoss(Operation):
    """A loss of the difference d = x - target: d/dx = derivative * grad, and d/dtarget is its negative.

    forward saves an array of the shape of x, of which `derivative` makes the derivative; by default forward
    saves the derivative itself.
    """

    derivative: ClassVar[Callable[..., Any]] = staticmethod(return_saved_derivative)

    def _subtract(self, x: Array, target: Array, reduction: str) -> Array:
        """Return `x - target` in floating point; raise unless both have one shape."""
        check_pair(self.name, x, target, reduction)
        return to_floating(x, target) - target

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        saved, reduction = ctx.saved
        each = spread_gradient(grad, reduction, saved.size) * self.derivative(saved)
        return each, -each


class MSE(DifferenceLoss):
    """`(x - target)**2`.

    x, target: the same shape -> a number, or that shape for "none".
    d/dx = 2 (x - target) * grad, divided by the number of values for "mean"; d/dtarget is its negative.

    Raises
    ------
    InputError
        The shapes differ.
    ArgumentError
        An unknown reduction.
    """

    name = "mse"
    reference = staticmethod(losses.mse)
    cases = (
        Case(x=real("n k"), target=real("n k")),
        Case(x=real("n"), target=real("n"), reduction="none"),
    )

    def forward(self, ctx: Context, x: Array, target: Array, *, reduction: Reduction = "mean") -> Array:
        difference = self._subtract(x, target, reduction)
        ctx.save(difference, reduction)
        return reduce_losses(difference * difference, reduction)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        difference, reduction = ctx.saved
        each = 2 * spread_gradient(grad, reduction, difference.size) * difference
        return each, -each


class L1(DifferenceLoss):
    """`|x - target|`.

    x, target: the same shape -> a number, or that shape for "none".
    d/dx = sign(x - target) * grad, divided by the number of values for "mean", and 0 where x = target;
    d/dtarget is its negative.

    Raises
    ------
    InputError
        The shapes differ.
    ArgumentError
        An unknown reduction.
    """

    name = "l1"
    reference = staticmethod(losses.l1)
    cases = MSE.cases
    derivative = staticmethod(np.sign)

    def forward(self, ctx: Context, x: Array, target: Array, *, reduction: Reduction = "mean") -> Array:
        difference = self._subtract(x, target, reduction)
        ctx.save(difference, reduction)
        return reduce_losses(np.abs(difference), reduction)


mse = MSE()
l1 = L1()
