"""The logistic function, softplus and log-sigmoid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from ..kernels.constants import scalar
from ..kernels.precision import to_floating
from ..references import activations as plain
from .elementwise import is_float_ndarray, log1p, positive_part
from .pointwise import CASES, Pointwise


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


def log1p_exp(x: Array) -> Array:
    """Return `log(1 + exp(x))`, computed as `max(x, 0) + log1p(exp(-|x|))`, which cannot overflow."""
    return positive_part(x) + even_part(x)


def even_part(x: Array) -> Array:
    """Return `log(1 + exp(-|x|))`, the term that log1p_exp(x) and log1p_exp(-x) share."""
    return log1p(np.exp(-np.abs(x)))


class Softplus(Pointwise):
    """`log(1 + exp(beta * x)) / beta`.

    x: any shape. d/dx = grad * sigmoid(beta * x). PyTorch returns x above a threshold; this operation does
    not need to: the exact form is as cheap and does not overflow.

    Raises
    ------
    ArgumentError
        beta is 0.
    """

    name = "softplus"
    reference = staticmethod(plain.softplus)
    cases = (*CASES, Case(x=real("..."), beta=2.0))

    def forward(self, ctx: Context, x: Array, *, beta: float = 1.0) -> Array:
        if not beta:
            raise ArgumentError("softplus expected a beta other than 0")
        x = to_floating(x)
        ctx.save(x, beta)
        return log1p_exp(x) if beta == 1 else log1p_exp(beta * x) / beta

    @staticmethod
    def derivative(x: Array, beta: float) -> Array:
        return logistic(beta * x)


class LogSigmoid(Pointwise):
    """`log(sigmoid(x)) = -softplus(-x)`.

    x: any shape. d/dx = grad * sigmoid(-x).
    """

    name = "log_sigmoid"
    reference = staticmethod(plain.log_sigmoid)

    def forward(self, ctx: Context, x: Array) -> Array:
        x = to_floating(x)
        ctx.save(x)
        return -log1p_exp(-x)

    @staticmethod
    def derivative(x: Array) -> Array:
        return logistic(-x)


softplus = Softplus()
log_sigmoid = LogSigmoid()
