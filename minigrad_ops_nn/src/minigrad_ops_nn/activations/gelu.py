"""The Gaussian error linear unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from minigrad_core import Operation

from .normal_cdf import cumulative, normal_density

if TYPE_CHECKING:
    from minigrad_core import Array, Context

_ROOT = (2 / np.pi) ** 0.5
_CUBIC = 0.044715


class GELU(Operation):
    """`x * Phi(x)` with the normal distribution function Phi. Hendrycks and Gimpel 2016.

    x: any shape. d/dx = grad * (Phi(x) + x * Phi'(x)). `approximate="tanh"` replaces Phi(x) by
    (1 + tanh(u)) / 2 with u = sqrt(2 / pi) (x + 0.044715 x**3).

    Raises
    ------
    ArgumentError
        `approximate` is neither "none" nor "tanh".
    """

    name = "gelu"
    broadcasts = True
    cases = (Case(x=real()), Case(x=real(), approximate="tanh"))

    def forward(self, ctx: Context, x: Array, *, approximate: Literal["none", "tanh"] = "none") -> Array:
        """Return the Gaussian error linear unit of x."""
        if approximate == "none":
            below = cumulative(x)
            slope = below + x * normal_density(x)
        elif approximate == "tanh":
            below, slope = _tanh_gate(x)
        else:
            raise ArgumentError(f'gelu expected approximate "none" or "tanh", got {approximate!r}')
        ctx.save(slope)
        return x * below

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad` times the derivative, which forward has the parts of at hand."""
        (slope,) = ctx.saved
        return grad * slope


def _tanh_gate(x: Array) -> tuple[Array, Array]:
    """Return the gate `(1 + tanh(u)) / 2` and the derivative of x times the gate.

    The derivative is (1 + t) / 2 + x (1 - t**2) / 2 * du/dx with t = tanh(u).
    """
    square = x * x
    t = np.tanh(x * (_ROOT + _ROOT * _CUBIC * square))
    gate = 0.5 * t + 0.5
    return gate, gate + x * (1 - t) * gate * (_ROOT + 3 * _ROOT * _CUBIC * square)


gelu = GELU()
