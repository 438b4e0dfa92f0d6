"""GELU."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import restore_half, to_single
from ..references import activations as plain
from .elementwise import apply_in_blocks
from .normal_cdf import approximate_normal_distribution, normal_density, normal_distribution
from .pointwise import Pointwise

_ROOT = (2 / np.pi) ** 0.5
_CUBIC = 0.044715
# Beyond +-100 the tanh is 1 or -1 in every dtype. An infinite square times 0 would make the derivative NaN.
_FLAT = 100.0


class GELU(Pointwise):
    """`x * Phi(x)`, where Phi is the normal distribution function. Hendrycks and Gimpel 2016.

    x: any shape. d/dx = grad * (Phi(x) + x * Phi'(x)). `approximate="tanh"` replaces Phi(x) by
    (1 + tanh(u)) / 2 with u = sqrt(2 / pi) (x + 0.044715 x**3).

    Raises
    ------
    ArgumentError
        `approximate` is neither "none" nor "tanh".
    """

    name = "gelu"
    reference = staticmethod(plain.gelu)
    cases = (
        Case(x=real()),
        Case(x=real(), approximate="tanh"),
        Case(x=np.array([-1e200, -40.0, 0.75])),
        Case(x=np.array([-1e200, -40.0, 0.75]), approximate="tanh"),
        *(Case(x=np.array([0, 3, 200], np.uint8), approximate=form) for form in ("none", "tanh")),
    )

    def forward(self, ctx: Context, x: Array, *, approximate: Literal["none", "tanh"] = "none") -> Array:
        if approximate not in ("none", "tanh"):
            raise ArgumentError(f'gelu expected approximate "none" or "tanh", got {approximate!r}')
        exact = approximate == "none"
        given, x = x, to_single(x)  # the square of 256 is infinite in half precision
        if are_ndarrays(x):
            y, derivative = apply_in_blocks(_write_exact_form if exact else _write_tanh_form, x)
        else:
            y, derivative = (_compute_exact_form if exact else _compute_tanh_form)(x)
        ctx.save(derivative)
        return restore_half(y, given)


def _compute_tanh_form(x: Any) -> tuple[Array, Array]:
    """Return x g with the gate g = (1 + tanh(u)) / 2, and its derivative g + 2 x g (1 - g) du/dx."""
    near = np.minimum(np.maximum(x, -_FLAT), _FLAT)
    square = near * near
    gate = 0.5 * np.tanh(near * (_ROOT + _ROOT * _CUBIC * square)) + 0.5
    return x * gate, gate + near * gate * (2 - 2 * gate) * (_ROOT + 3 * _ROOT * _CUBIC * square)


def _compute_exact_form(x: Any) -> tuple[Array, Array]:
    """Return x Phi(x), and its derivative Phi(x) + x Phi'(x)."""
    gate = normal_distribution(x)
    return x * gate, gate + x * normal_density(x)


def _write_tanh_form(x: NDArray[Any], y: NDArray[Any], derivative: NDArray[Any]) -> None:
    """Write the results of `_compute_tanh_form` into y and derivative; g is the logistic function of 2 u."""
    try:
        with np.errstate(over="raise"):  # NumPy checks the flag once per call, which costs nothing
            np.multiply(x, x, out=derivative)
    except FloatingPointError:
        np.square(np.clip(x, -_FLAT, _FLAT), out=derivative)
    with np.errstate(over="ignore"):  # where the exponential overflows, g is 0
        gate: Any = np.multiply(derivative, -2 * _ROOT * _CUBIC, out=np.empty_like(x))
        gate -= 2 * _ROOT
        gate *= x
        np.exp(gate, out=gate)  # half the time of tanh
    gate += 1
    np.divide(1, gate, out=gate)
    np.multiply(x, gate, out=y)
    derivative *= 6 * _ROOT * _CUBIC
    derivative += 2 * _ROOT
    rest: Any = np.subtract(1, gate, out=np.empty_like(x))
    rest *= y
    derivative *= rest
    derivative += gate


def _write_exact_form(x: NDArray[Any], y: NDArray[Any], derivative: NDArray[Any]) -> None:
    """Write the results of `_compute_exact_form` into y and derivative."""
    with np.errstate(over="ignore"):  # where the square overflows, the density is 0
        np.multiply(x, x, out=derivative)
    derivative *= -0.5
    np.exp(derivative, out=derivative)
    if x.dtype == np.float32:
        gate: Any = approximate_normal_distribution(x, derivative)
    else:
        gate = normal_distribution(x)
    np.multiply(x, gate, out=y)
    derivative *= x
    derivative *= (2 * np.pi) ** -0.5
    derivative += gate


gelu = GELU()
