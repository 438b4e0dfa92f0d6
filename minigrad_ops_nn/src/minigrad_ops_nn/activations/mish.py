"""Mish."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation

from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import restore_half, to_single
from ..references import activations as plain
from .blocks import apply_in_blocks
from .byte_cases import CASES

# Beyond it, t and the derivative are 1 in every type; up to it, nothing overflows in single precision.
_OPEN = 25.0


class Mish(Operation):
    """`x * tanh(softplus(x))`. Misra 2019.

    x: any shape. d/dx = grad * (t + x * sigmoid(x) * (1 - t**2)) with t = tanh(softplus(x)).
    """

    name = "mish"
    reference = staticmethod(plain.mish)
    broadcasts = True
    cases = CASES

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return `x * tanh(softplus(x))`."""
        given, x = x, to_single(x)  # in half precision, the square of 256 is infinite
        if not ctx.needs[0]:
            return restore_half(x * _compute_gate(x)[0], given)
        y, slope = (
            apply_in_blocks(_write_value_and_slope, x) if are_ndarrays(x) else _compute_value_and_slope(x)
        )
        ctx.save(slope)
        return restore_half(y, given)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad` times the derivative, which forward has the parts of at hand."""
        (slope,) = ctx.saved
        return grad * slope


def _compute_gate(x: Any) -> tuple[Any, ...]:
    """Return t = n / d, and x as far as it counts, u = exp(x) and d, with n = u (u + 2) and d = n + 2."""
    near = np.minimum(x, _OPEN)
    u = np.exp(near)
    n = u * (u + 2)
    d = n + 2
    return n / d, near, u, d


def _compute_value_and_slope(x: Any) -> tuple[Array, Array]:
    """Return x t, and the derivative: sigmoid(x) (1 - t**2) is 4 u (1 + u) / d**2, where nothing cancels.

    The derivative of `x * (1 - t**2)` in t is 2 x, which would overflow: so x is not larger than counts here.
    """
    t, near, u, d = _compute_gate(x)
    rest = 2 / d
    part = u * rest
    return x * t, t + near * part * (part + rest)


def _write_value_and_slope(x: NDArray[Any], y: NDArray[Any], slope: NDArray[Any]) -> None:
    """Write what `_compute_value_and_slope` returns into y and slope."""
    y[...], slope[...] = _compute_value_and_slope(x)


mish = Mish()
