"""Huber and smooth L1 losses."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from ..kernels.precision import to_floating
from ..references import losses
from .reduction import Reduction, check_pair, reduce_losses, spread_gradient


class Huber(Operation):
    """`d**2 / 2` where |d| <= delta, `delta * (|d| - delta / 2)` elsewhere, with d = x - target. Huber 1964.

    x, target: of one shape -> a number, or that shape for "none".
    d/dx = clip(d, -delta, delta) * grad, over the number of values for "mean"; d/dtarget is its negative.

    Raises
    ------
    InputError
        The shapes differ.
    ArgumentError
        An unknown reduction.
    """

    name = "huber"
    reference = staticmethod(losses.huber)
    cases = (
        Case(x=real("n k"), target=real("n k")),
        Case(x=real("n"), target=real("n"), reduction="none"),
        Case(x=real("n"), target=real("n"), reduction="sum", delta=0.5),
    )

    def forward(
        self, ctx: Context, x: Array, target: Array, *, reduction: Reduction = "mean", delta: float = 1.0
    ) -> Array:
        check_pair("huber", x, target, reduction)
        if delta <= 0:
            raise ArgumentError(f"huber expected delta above 0, got {delta}")
        difference = to_floating(x, target) - target
        near = np.clip(difference, -delta, delta)
        ctx.save(near, reduction)
        # near**2 / 2 inside, and outside the line that continues it: one formula for both.
        return reduce_losses(near * (difference - 0.5 * near), reduction)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        near, reduction = ctx.saved
        each = spread_gradient(grad, reduction, near.size) * near
        return each, -each


class SmoothL1(Operation):
    """`d**2 / (2 beta)` where |d| < beta, `|d| - beta / 2` elsewhere, with d = x - target: huber over beta.

    x, target: of one shape -> a number, or that shape for "none". With beta = 0 it is l1, as in PyTorch.
    Girshick 2015, equation 3. d/dx = clip(d / beta, -1, 1) * grad, over the number of values for "mean";
    d/dtarget is its negative.

    Raises
    ------
    InputError
        The shapes differ.
    ArgumentError
        An unknown reduction.
    """

    name = "smooth_l1"
    reference = staticmethod(losses.smooth_l1)
    cases = (
        Case(x=real("n k"), target=real("n k")),
        Case(x=real("n"), target=real("n"), reduction="none"),
        Case(x=real("n"), target=real("n"), reduction="sum", beta=0.5),
    )

    def forward(
        self, ctx: Context, x: Array, target: Array, *, reduction: Reduction = "mean", beta: float = 1.0
    ) -> Array:
        check_pair("smooth_l1", x, target, reduction)
        if beta < 0:
            raise ArgumentError(f"smooth_l1 expected beta of at least 0, got {beta}")
        difference = to_floating(x, target) - target
        slope = np.clip(difference / beta, -1, 1) if beta else np.sign(difference)
        ctx.save(slope, reduction)
        return reduce_losses(slope * (difference - 0.5 * beta * slope), reduction)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        slope, reduction = ctx.saved
        each = spread_gradient(grad, reduction, slope.size) * slope
        return each, -each


huber = Huber()
smooth_l1 = SmoothL1()
