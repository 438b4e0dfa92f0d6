"""Softmax and its logarithm, both shifted by the maximum so that nothing overflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, real

if TYPE_CHECKING:
    from minigrad_core import Array, Context

_CASES = (Case(x=real("n k")), Case(x=real("n k m"), axis=axis_of("x")))


class Softmax(Operation):
    """`exp(x) / sum(exp(x))` along `axis`.

    x: any shape of at least one axis. d/dx = y * (grad - sum(grad * y)).
    """

    name = "softmax"
    cases = _CASES

    def forward(self, ctx: Context, x: Array, *, axis: int = -1) -> Array:
        """Return probabilities that sum to one along `axis`."""
        y = np.exp(x - _largest(x, axis))
        y = y / y.sum(axis=axis, keepdims=True)
        ctx.save(y, axis)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `y * (grad - sum(grad * y))`."""
        y, axis = ctx.saved
        weighted = grad * y
        return weighted - y * weighted.sum(axis=axis, keepdims=True)


class LogSoftmax(Operation):
    """`x - log(sum(exp(x)))` along `axis`.

    x: any shape of at least one axis. d/dx = grad - softmax(x) * sum(grad).
    """

    name = "log_softmax"
    cases = _CASES

    def forward(self, ctx: Context, x: Array, *, axis: int = -1) -> Array:
        """Return log-probabilities."""
        z = x - _largest(x, axis)
        y = z - np.log(np.exp(z).sum(axis=axis, keepdims=True))
        ctx.save(y, axis)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad - exp(y) * sum(grad)`."""
        y, axis = ctx.saved
        return grad - np.exp(y) * grad.sum(axis=axis, keepdims=True)


def _largest(x: Array, axis: int) -> Array | float:
    """Return the maximum along `axis`, and 0 where there is nothing to shift."""
    return x.max(axis=axis, keepdims=True) if x.size else 0.0


softmax = Softmax()
log_softmax = LogSoftmax()
