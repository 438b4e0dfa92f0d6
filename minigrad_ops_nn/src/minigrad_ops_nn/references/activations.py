"""Activations by their formulas, in forms whose exponentials do not overflow."""

from __future__ import annotations

from math import e, erfc, pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Axis = int | tuple[int, ...] | None


def to_floats(x: Any) -> Any:
    """Return x in floating point: whole numbers take NumPy's result type with float32."""
    return x if x.dtype.kind == "f" else x.astype(np.result_type(np.float32, x))


def relu(x: Array) -> Array:
    """Return `max(x, 0)`."""
    return np.maximum(x, 0)


def leaky_relu(x: Array, *, negative_slope: float = 0.01) -> Array:
    """Return x where it is positive, else `negative_slope * x`."""
    return np.where(x > 0, x, negative_slope * x)


def prelu(x: Array, weight: Array) -> Array:
    """Return x where it is positive, else x times the slope of its channel (axis 1), or of all channels."""
    slopes = weight.reshape(-1, *(1,) * (x.ndim - 2)) if x.ndim > 1 else weight
    return np.maximum(x, 0) + slopes * np.minimum(x, 0)


def elu(x: Array, *, alpha: float = 1.0) -> Array:
    """Return x where it is positive, else `alpha (exp(x) - 1)`."""
    return np.where(x > 0, x, alpha * np.expm1(to_floats(np.minimum(x, 0))))


def celu(x: Array, *, alpha: float = 1.0) -> Array:
    """Return x where it is positive, else `alpha (exp(x / alpha) - 1)`."""
    return np.where(x > 0, x, alpha * np.expm1(to_floats(np.minimum(x, 0)) / alpha))


def selu(x: Array) -> Array:
    """Return a scaled elu with the constants in closed form: Klambauer et al. 2017, equation 14."""
    tail = 1 - erfc(sqrt(0.5)) * sqrt(e)
    spread = 2 * erfc(sqrt(2)) * e**2 + pi * (1 - tail) ** 2 - 2 * (2 + pi) * (1 - tail) + pi + 2
    return tail * sqrt(2 * pi / spread) * elu(x, alpha=sqrt(2 / pi) / tail)


def sigmoid(x: Array) -> Array:
    """Return `1 / (1 + exp(-x))`."""
    return np.exp(-np.logaddexp(0, -to_floats(x)))


def log_sigmoid(x: Array) -> Array:
    """Return `log(sigmoid(x))`."""
    return -np.logaddexp(0, -to_floats(x))


def softplus(x: Array, *, beta: float = 1.0) -> Array:
    """Return `log(1 + exp(beta x)) / beta`."""
    return np.logaddexp(0, beta * to_floats(x)) / beta


def silu(x: Array) -> Array:
    """Return `x sigmoid(x)`."""
    return x * sigmoid(x)


def mish(x: Array) -> Array:
    """Return `x tanh(softplus(x))`."""
    return x * np.tanh(softplus(x))


def normal_cdf(x: Array) -> Array:
    """Return `erfc(-x / sqrt 2) / 2`, which is precise in the left tail."""
    return np.reshape([erfc(-v / sqrt(2)) / 2 for v in np.ravel(x).tolist()], np.shape(x)).astype(
        to_floats(x).dtype
    )


def gelu(x: Array, *, approximate: str = "none") -> Array:
    """Return x times the normal distribution function, or its approximation by tanh."""
    if approximate == "tanh":
        return x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x**3))) / 2
    return x * normal_cdf(x)


def hard_sigmoid(x: Array) -> Array:
    """Return `x / 6 + 1/2`, clipped to [0, 1]."""
    return np.minimum(np.maximum((to_floats(x) + 3) / 6, 0), 1)


def hard_swish(x: Array) -> Array:
    """Return `x hard_sigmoid(x)`."""
    return x * hard_sigmoid(x)


def glu(x: Array, *, axis: int = -1) -> Array:
    """Return the first half along the axis, times the sigmoid of the second half."""
    first, second = np.split(x, 2, axis=axis)
    return first * sigmoid(second)


def softmax(x: Array, *, axis: Axis = -1) -> Array:
    """Return the exponentials divided by their sum along the axis."""
    exponentials = np.exp(to_floats(x) - np.max(x, axis=axis, keepdims=True))
    return exponentials / np.sum(exponentials, axis=axis, keepdims=True)


def log_softmax(x: Array, *, axis: Axis = -1) -> Array:
    """Return `log(softmax(x))`."""
    shifted = to_floats(x) - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
