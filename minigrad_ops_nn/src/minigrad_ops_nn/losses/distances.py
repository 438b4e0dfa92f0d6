"""Losses of the difference of two arrays: mean squared and absolute error, Huber and smooth L1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from ..activations.pointwise import return_saved_derivative
from ..kernels.precision import to_floating
from ..references import losses
from .reduction import Reduction, check_pair, reduce_losses, spread_gradient

_CASES = (
    Case(x=real("n k"), target=real("n k")),
    Case(x=real("n"), target=real("n"), reduction="none"),
    Case(x=np.array([3, 200, 7], np.uint8), target=np.array([200, 3, 7], np.uint8)),
)


class DifferenceLoss(Operation):
    """A loss of the difference d = x - target: d/dx = derivative * grad, and d/dtarget is its negative.

    `forward` saves an array of the shape of x, and `derivative` computes the derivative from this array. By
    default the array is the derivative.
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
    cases = _CASES

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
    cases = _CASES
    derivative = staticmethod(np.sign)

    def forward(self, ctx: Context, x: Array, target: Array, *, reduction: Reduction = "mean") -> Array:
        difference = self._subtract(x, target, reduction)
        ctx.save(difference, reduction)
        return reduce_losses(np.abs(difference), reduction)


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
    cases = (*_CASES, Case(x=real("n"), target=real("n"), reduction="sum", delta=0.5))

    def forward(
        self, ctx: Context, x: Array, target: Array, *, reduction: Reduction = "mean", delta: float = 1.0
    ) -> Array:
        difference = self._subtract(x, target, reduction)
        if not delta > 0:
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
    cases = (*_CASES, Case(x=real("n"), target=real("n"), reduction="sum", beta=0.5))

    def forward(
        self, ctx: Context, x: Array, target: Array, *, reduction: Reduction = "mean", beta: float = 1.0
    ) -> Array:
        difference = self._subtract(x, target, reduction)
        if not beta >= 0:
            raise ArgumentError(f"smooth_l1 expected beta of at least 0, got {beta}")
        slope = np.clip(difference / beta, -1, 1) if beta else np.sign(difference)
        ctx.save(slope, reduction)
        return reduce_losses(slope * (difference - 0.5 * beta * slope), reduction)


mse = MSE()
l1 = L1()
huber = Huber()
smooth_l1 = SmoothL1()
