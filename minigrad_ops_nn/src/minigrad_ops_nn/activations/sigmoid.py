"""The logistic function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minigrad_core import Operation

if TYPE_CHECKING:
    from minigrad_core import Array, Context


def logistic(x: Array) -> Array:
    """Return `1 / (1 + exp(-x))` as `exp(min(x, 0)) / (1 + exp(-|x|))`.

    Neither exponential can overflow, and the left tail keeps its relative precision, which the form with
    tanh does not.
    """
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


class Sigmoid(Operation):
    """`1 / (1 + exp(-x))`.

    x: any shape. d/dx = grad * y * (1 - y).
    """

    name = "sigmoid"
    broadcasts = True

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the logistic function of x."""
        ctx.save(x)
        return logistic(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad * y * (1 - y)`, with `1 - y` as `logistic(-x)`: no cancellation in the right tail."""
        (x,) = ctx.saved
        return grad * (logistic(x) * logistic(-x))


sigmoid = Sigmoid()
