"""Softplus and log-sigmoid."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real

from ..kernels.precision import to_floating
from ..references import activations as plain
from .elementwise import log1p, positive_part
from .pointwise import CASES, Pointwise
from .sigmoid import logistic


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
    """

    name = "softplus"
    reference = staticmethod(plain.softplus)
    cases = (*CASES, Case(x=real("..."), beta=2.0))

    def forward(self, ctx: Context, x: Array, *, beta: float = 1.0) -> Array:
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
