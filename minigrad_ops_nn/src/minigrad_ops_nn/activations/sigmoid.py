"""Sigmoid, the logistic function."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation

from ..kernels.constants import scalar
from ..kernels.precision import to_floating
from ..references import activations as plain
from .byte_cases import CASES
from .vectorized import is_plain


def logistic(x: Array) -> Array:
    """Return `1 / (1 + exp(-x))`, without overflow and with the relative precision of its left tail, which
    the form with tanh does not have.
    """
    return _logistic_in_place(x) if is_plain(x) else np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def logistic_slope(x: Array) -> Array:
    """Return the derivative of `logistic`, y(x) y(-x): y (1 - y) would cancel in the right tail."""
    return logistic(x) * logistic(-x)


def _logistic_in_place(x: Any) -> NDArray[Any]:
    """Return the quotient in place: one exponential in a third of the time. Where it overflows, the function
    is rightly 0, below the least normal number.
    """
    y: Any = np.negative(x, out=np.empty_like(x))
    with np.errstate(over="ignore"):
        np.exp(y, out=y)
    y += 1
    return np.divide(1, y, out=y)


def logistic_and_slope(x: Any) -> tuple[Array, Array]:
    """Return `logistic` y at x and its derivative, `e * y**2` with e = exp(-x), of one exponential."""
    if not is_plain(x):
        return logistic(x), logistic_slope(x)
    e: Any = np.negative(x, out=np.empty_like(x))
    try:
        with np.errstate(over="raise"):  # NumPy looks when all is done, which costs nothing
            np.exp(e, out=e)
    except FloatingPointError:  # infinity times 0
        return logistic(x), logistic_slope(x)
    y = np.add(e, scalar(1, x.dtype), out=np.empty_like(x))
    np.divide(scalar(1, x.dtype), y, out=y)
    e *= y
    e *= y
    return y, e


class Sigmoid(Operation):
    """`1 / (1 + exp(-x))`.

    x: any shape. d/dx = grad * y * (1 - y).
    """

    name = "sigmoid"
    reference = staticmethod(plain.sigmoid)
    broadcasts = True
    cases = CASES

    def forward(self, ctx: Context, x: Array) -> Array:
        x = to_floating(x)
        if not ctx.needs[0]:
            return logistic(x)
        y, slope = logistic_and_slope(x)
        ctx.save(slope)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad` times the derivative, which forward has the parts of at hand."""
        (slope,) = ctx.saved
        return grad * slope


sigmoid = Sigmoid()
