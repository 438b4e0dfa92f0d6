"""Huber and smooth L1 losses."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from ..references import losses
from .distances import DifferenceLoss
from .reduction import Reduction, reduce_losses


class Huber(DifferenceLoss):
    """`d**2 / 2` where |d| <= delta, else `delta * (|d| - delta / 2)`, with d = x - target. Huber 1964.

    x, target: the same shape -> a number, or that shape for "none".
    d/dx = clip(d, -delta, delta) * grad, divided by the number of values for "mean"; d/dtarget is its
    negative.

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
        difference = self._subtract(x, target, reduction)
        if delta <= 0:
            raise ArgumentError(f"huber expected delta above 0, got {delta}")
        near = np.clip(difference, -delta, delta)
        ctx.save(near, reduction)
        # One formula for both pieces: near**2 / 2 inside, and the line that continues it outside.
        return reduce_losses(near * (difference - 0.5 * near), reduction)


class SmoothL1(DifferenceLoss):
    """`d**2 / (2 beta)` where |d| < beta, else `|d| - beta / 2`, with d = x - target: huber over beta.

    x, target: the same shape -> a number, or that shape for "none". With beta = 0 it is l1, as in PyTorch.
    Girshick 2015, equation 3. d/dx = clip(d / beta, -1, 1) * grad, divided by the number of values for
    "mean"; d/dtarget is its negative.

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
        difference = self._subtract(x, target, reduction)
        if beta < 0:
            raise ArgumentError(f"smooth_l1 expected beta of at least 0, got {beta}")
        slope = np.clip(difference / beta, -1, 1) if beta else np.sign(difference)
        ctx.save(slope, reduction)
        return reduce_losses(slope * (difference - 0.5 * beta * slope), reduction)


huber = Huber()
smooth_l1 = SmoothL1()
