"""GELU."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import restore_half, to_single
from ..references import activations as plain
from .blocks import apply_in_blocks
from .normal_cdf import approximate_normal_distribution, normal_density, normal_distribution

_ROOT = (2 / np.pi) ** 0.5
_CUBIC = 0.044715
# Further out the tanh is 1 or -1 in every type, and an infinite square times 0 would make the slope NaN.
_FLAT = 100.0


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
    reference = staticmethod(plain.gelu)
    broadcasts = True
    cases = (
        Case(x=real()),
        Case(x=real(), approximate="tanh"),
        Case(x=np.array([-1e200, -40.0, 0.75])),
        Case(x=np.array([-1e200, -40.0, 0.75]), approximate="tanh"),
    )

    def forward(self, ctx: Context, x: Array, *, approximate: Literal["none", "tanh"] = "none") -> Array:
        if approximate not in ("none", "tanh"):
            raise ArgumentError(f'gelu expected approximate "none" or "tanh", got {approximate!r}')
        given, x = x, to_single(x)  # in half precision, the square of 256 is infinite
        if are_ndarrays(x):
            y, slope = apply_in_blocks(_write_exact_form if approximate == "none" else _write_tanh_form, x)
        else:
            y, slope = (_compute_exact_form if approximate == "none" else _compute_tanh_form)(x)
        ctx.save(slope)
        return restore_half(y, given)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad` times the derivative, which forward has the parts of at hand."""
        (slope,) = ctx.saved
        return grad * slope


def _compute_tanh_form(x: Any) -> tuple[Array, Array]:
    """Return x times the gate g = (1 + tanh(u)) / 2, and the derivative g + 2 x g (1 - g) du/dx."""
    near = np.minimum(np.maximum(x, -_FLAT), _FLAT)
    square = near * near
    gate = 0.5 * np.tanh(near * (_ROOT + _ROOT * _CUBIC * square)) + 0.5
    return x * gate, gate + near * gate * (2 - 2 * gate) * (_ROOT + 3 * _ROOT * _CUBIC * square)


def _compute_exact_form(x: Any) -> tuple[Array, Array]:
    """Return x Phi(x), and the derivative Phi(x) + x Phi'(x)."""
    gate = normal_distribution(x)
    return x * gate, gate + x * normal_density(x)


def _write_tanh_form(x: NDArray[Any], y: NDArray[Any], slope: NDArray[Any]) -> None:
    """Write what `_compute_tanh_form` returns into y and slope; g is the logistic function of 2 u."""
    try:
        with np.errstate(over="raise"):  # NumPy looks when all is done, which costs nothing
            np.multiply(x, x, out=slope)
    except FloatingPointError:
        np.square(np.clip(x, -_FLAT, _FLAT), out=slope)
    with np.errstate(over="ignore"):  # where g is rightly 0
        gate: Any = np.multiply(slope, -2 * _ROOT * _CUBIC, out=np.empty_like(x))
        gate -= 2 * _ROOT
        gate *= x
        np.exp(gate, out=gate)  # takes half the time of tanh
    gate += 1
    np.divide(1, gate, out=gate)
    np.multiply(x, gate, out=y)
    slope *= 6 * _ROOT * _CUBIC
    slope += 2 * _ROOT
    rest: Any = np.subtract(1, gate, out=np.empty_like(x))
    rest *= y
    slope *= rest
    slope += gate


def _write_exact_form(x: NDArray[Any], y: NDArray[Any], slope: NDArray[Any]) -> None:
    """Write what `_compute_exact_form` returns into y and slope."""
    with np.errstate(over="ignore"):  # where the density is rightly 0
        np.multiply(x, x, out=slope)
    slope *= -0.5
    np.exp(slope, out=slope)
    gate: Any = approximate_normal_distribution(x, slope) if x.dtype == np.float32 else normal_distribution(x)
    np.multiply(x, gate, out=y)
    slope *= x
    slope *= (2 * np.pi) ** -0.5
    slope += gate


gelu = GELU()
