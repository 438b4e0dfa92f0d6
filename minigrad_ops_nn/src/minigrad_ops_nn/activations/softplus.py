"""Softplus and log-sigmoid."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..kernels.precision import to_floating
from ..references import activations as plain
from .byte_cases import CASES
from .sigmoid import logistic
from .vectorized import log1p, positive_part


def log1p_exp(x: Array) -> Array:
    """Return `log(1 + exp(x))` as `max(x, 0) + log1p(exp(-|x|))`, which cannot overflow."""
    return positive_part(x) + even_part(x)


def even_part(x: Array) -> Array:
    """Return `log(1 + exp(-|x|))`, what log1p_exp has in common for x and -x."""
    return log1p(np.exp(-np.abs(x)))


class Softplus(Operation):
    """`log(1 + exp(beta * x)) / beta`.

    x: any shape. d/dx = grad * sigmoid(beta * x). There is no threshold above which it turns linear, as in
    PyTorch: the exact form is as cheap and does not overflow.
    """

    name = "softplus"
    reference = staticmethod(plain.softplus)
    broadcasts = True
    cases = (*CASES, Case(x=real("..."), beta=2.0))

    def forward(self, ctx: Context, x: Array, *, beta: float = 1.0) -> Array:
        x = to_floating(x)
        ctx.save(x, beta)
        return log1p_exp(x) if beta == 1 else log1p_exp(beta * x) / beta

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad * sigmoid(beta * x)`."""
        x, beta = ctx.saved
        return grad * logistic(beta * x)


class LogSigmoid(Operation):
    """`log(sigmoid(x)) = -softplus(-x)`.

    x: any shape. d/dx = grad * sigmoid(-x).
    """

    name = "log_sigmoid"
    reference = staticmethod(plain.log_sigmoid)
    broadcasts = True
    cases = CASES

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the logarithm of the logistic function of x."""
        x = to_floating(x)
        ctx.save(x)
        return -log1p_exp(-x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad * sigmoid(-x)`."""
        (x,) = ctx.saved
        return grad * logistic(-x)


softplus = Softplus()
log_sigmoid = LogSigmoid()
