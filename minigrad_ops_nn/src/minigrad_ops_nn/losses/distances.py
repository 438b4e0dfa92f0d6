"""Mean squared error and mean absolute error."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..kernels.precision import to_floating
from ..references import losses
from .reduction import Reduction, check_pair, reduce_losses, spread_gradient


class MSE(Operation):
    """`(x - target)**2`.

    x, target: of one shape -> a number, or that shape for "none".
    d/dx = 2 (x - target) * grad, over the number of values for "mean"; d/dtarget is its negative.

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
        check_pair("mse", x, target, reduction)
        difference = to_floating(x, target) - target
        ctx.save(difference, reduction)
        return reduce_losses(difference * difference, reduction)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        difference, reduction = ctx.saved
        each = 2 * spread_gradient(grad, reduction, difference.size) * difference
        return each, -each


class L1(Operation):
    """`|x - target|`.

    x, target: of one shape -> a number, or that shape for "none".
    d/dx = sign(x - target) * grad, over the number of values for "mean", and 0 where the two are equal;
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
    cases = (
        Case(x=real("n k"), target=real("n k")),
        Case(x=real("n"), target=real("n"), reduction="none"),
    )

    def forward(self, ctx: Context, x: Array, target: Array, *, reduction: Reduction = "mean") -> Array:
        check_pair("l1", x, target, reduction)
        difference = to_floating(x, target) - target
        ctx.save(difference, reduction)
        return reduce_losses(np.abs(difference), reduction)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        difference, reduction = ctx.saved
        each = spread_gradient(grad, reduction, difference.size) * np.sign(difference)
        return each, -each


mse = MSE()
l1 = L1()
