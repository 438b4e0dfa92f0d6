"""Mish."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context

from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import restore_half, to_single
from ..references import activations as plain
from .elementwise import apply_in_blocks
from .pointwise import Pointwise

# Beyond 25, t and the derivative are 1 in every dtype; up to 25, nothing overflows in single precision.
_OPEN = 25.0


class Mish(Pointwise):
    """`x * tanh(softplus(x))`. Misra 2019.

    x: any shape. d/dx = grad * (t + x * sigmoid(x) * (1 - t**2)) with t = tanh(softplus(x)).
    """

    name = "mish"
    reference = staticmethod(plain.mish)

    def forward(self, ctx: Context, x: Array) -> Array:
        given, x = x, to_single(x)  # the square of 256 is infinite in half precision
        if not ctx.needs[0]:
            return restore_half(x * _compute_gate(x)[0], given)
        if are_ndarrays(x):
            y, derivative = apply_in_blocks(_write_value_and_derivative, x)
        else:
            y, derivative = _compute_value_and_derivative(x)
        ctx.save(derivative)
        return restore_half(y, given)


def _compute_gate(x: Any) -> tuple[Any, ...]:
    """Return t = n / d, the clipped x, u = exp(x) and d, where n = u (u + 2) and d = n + 2."""
    near = np.minimum(x, _OPEN)
    u = np.exp(near)
    n = u * (u + 2)
    d = n + 2
    return n / d, near, u, d


def _compute_value_and_derivative(x: Any) -> tuple[Array, Array]:
    """Return x t, and its derivative t + x 4 u (1 + u) / d**2.

    The last factor is sigmoid(x) (1 - t**2), in a form in which no digits cancel. The derivative of
    `x * (1 - t**2)` by t, 2 x, would overflow, so the derivative uses the clipped x.
    """
    t, near, u, d = _compute_gate(x)
    rest = 2 / d
    part = u * rest
    return x * t, t + near * part * (part + rest)


def _write_value_and_derivative(x: NDArray[Any], y: NDArray[Any], derivative: NDArray[Any]) -> None:
    y[...], derivative[...] = _compute_value_and_derivative(x)


mish = Mish()
