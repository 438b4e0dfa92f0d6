"""Sums of exponentials on a logarithmic scale."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation


def _weight(x: Array, y: Array) -> Array:
    """Return e^x / (e^x + e^y) without overflow; equal infinities share evenly."""
    with np.errstate(invalid="ignore"):
        d = np.where(np.isinf(x) & (x == y), 0, x - y)
    ahead = d >= 0
    small = np.exp(np.where(ahead, -d, d))  # not exp(-|d|): |d| has a kink, and the second derivative none
    return np.where(ahead, 1, small) / (1 + small)


class LogAddExp(Operation):
    """log(e^x + e^y), without overflow. d/dx = grad e^x / (e^x + e^y); half each for equal infinities."""

    name = "logaddexp"
    broadcasts = True
    implements = (np.logaddexp,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the logarithm of the sum."""
        ctx.save(x, y)
        return np.logaddexp(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Return the gradient in proportion to the summands."""
        x, y = ctx.saved
        return grad * _weight(x, y) if ctx.needs[0] else None, grad * _weight(y, x) if ctx.needs[1] else None


class LogAddExp2(Operation):
    """log2(2^x + 2^y), without overflow. d/dx = grad 2^x / (2^x + 2^y); half each for equal infinities."""

    name = "logaddexp2"
    broadcasts = True
    implements = (np.logaddexp2,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the logarithm of the sum."""
        ctx.save(x, y)
        return np.logaddexp2(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Return the gradient in proportion to the summands."""
        x, y = ctx.saved
        log2 = float(np.log(2))
        return (
            grad * _weight(x * log2, y * log2) if ctx.needs[0] else None,
            grad * _weight(y * log2, x * log2) if ctx.needs[1] else None,
        )


logaddexp = LogAddExp()
logaddexp2 = LogAddExp2()
