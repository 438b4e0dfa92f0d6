"""Sigmoid, the logistic function."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context

from ..kernels.constants import scalar
from ..kernels.precision import to_floating
from ..references import activations as plain
from .elementwise import is_float_ndarray
from .pointwise import Pointwise


def logistic(x: Array) -> Array:
    """Return `1 / (1 + exp(-x))`, without overflow.

    The left tail keeps its relative precision; the form with tanh would lose it.
    """
    if is_float_ndarray(x):
        return _logistic_in_place(x)
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def logistic_slope(x: Array) -> Array:
    """Return the derivative of `logistic`, y(x) y(-x); in y (1 - y) digits would cancel in the right tail."""
    return logistic(x) * logistic(-x)


def _logistic_in_place(x: Any) -> NDArray[Any]:
    """Return `logistic` with one exponential, in a third of the time.

    Where the exponential overflows, the logistic function is smaller than the least normal number, and the
    result is 0.
    """
    y: Any = np.negative(x, out=np.empty_like(x))
    with np.errstate(over="ignore"):
        np.exp(y, out=y)
    y += 1
    return np.divide(1, y, out=y)


def logistic_and_slope(x: Any) -> tuple[Array, Array]:
    """Return y = `logistic(x)`, and its derivative `e * y**2` with e = exp(-x), with one exponential."""
    if not is_float_ndarray(x):
        return logistic(x), logistic_slope(x)
    e: Any = np.negative(x, out=np.empty_like(x))
    try:
        with np.errstate(over="raise"):  # NumPy checks the flag once per call, which costs nothing
            np.exp(e, out=e)
    except FloatingPointError:  # infinity times 0 would be NaN
        return logistic(x), logistic_slope(x)
    y = np.add(e, scalar(1, x.dtype), out=np.empty_like(x))
    np.divide(scalar(1, x.dtype), y, out=y)
    e *= y
    e *= y
    return y, e


class Sigmoid(Pointwise):
    """`1 / (1 + exp(-x))`.

    x: any shape. d/dx = grad * y * (1 - y).
    """

    name = "sigmoid"
    reference = staticmethod(plain.sigmoid)

    def forward(self, ctx: Context, x: Array) -> Array:
        x = to_floating(x)
        if not ctx.needs[0]:
            return logistic(x)
        y, derivative = logistic_and_slope(x)
        ctx.save(derivative)
        return y


sigmoid = Sigmoid()
