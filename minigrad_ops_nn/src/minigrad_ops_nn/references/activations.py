"""Activations by their formulas, with the exponentials where they do not overflow."""

from __future__ import annotations

from math import erf
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Axis = int | tuple[int, ...] | None


def relu(x: Array) -> Array:
    """Return x where it is positive, else zero."""
    return np.maximum(x, 0)


def leaky_relu(x: Array, *, negative_slope: float = 0.01) -> Array:
    """Return x where it is positive, a fraction of it elsewhere."""
    return np.where(x > 0, x, negative_slope * x)


def prelu(x: Array, weight: Array) -> Array:
    """Return the same with a slope for each channel, the second axis, or for all."""
    slopes = weight.reshape(-1, *(1,) * (x.ndim - 2)) if x.ndim > 1 else weight
    return np.maximum(x, 0) + slopes * np.minimum(x, 0)


def elu(x: Array, *, alpha: float = 1.0) -> Array:
    """Return x where it is positive, `alpha (exp(x) - 1)` elsewhere."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def celu(x: Array, *, alpha: float = 1.0) -> Array:
    """Return x where it is positive, `alpha (exp(x / alpha) - 1)` elsewhere."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) / alpha))


def selu(x: Array) -> Array:
    """Return elu with the two constants of the paper, to all digits."""
    return 1.0507009873554805 * elu(x, alpha=1.6732632423543772)


def sigmoid(x: Array) -> Array:
    """Return `1 / (1 + exp(-x))`."""
    return np.exp(-np.logaddexp(0, -x))


def log_sigmoid(x: Array) -> Array:
    """Return the logarithm of the same."""
    return -np.logaddexp(0, -x)


def softplus(x: Array, *, beta: float = 1.0) -> Array:
    """Return `log(1 + exp(beta x)) / beta`."""
    return np.logaddexp(0, beta * x) / beta


def silu(x: Array) -> Array:
    """Return x times its sigmoid."""
    return x * sigmoid(x)


def mish(x: Array) -> Array:
    """Return x times the hyperbolic tangent of its softplus."""
    return x * np.tanh(softplus(x))


def normal_cdf(x: Array) -> Array:
    """Return `(1 + erf(x / sqrt 2)) / 2`; the error function has no digits in the left tail."""
    return np.reshape([(1 + erf(v / 2**0.5)) / 2 for v in np.ravel(x)], np.shape(x)).astype(x.dtype)


def gelu(x: Array, *, approximate: str = "none") -> Array:
    """Return x times the normal distribution function, or times its approximation by a tangent."""
    if approximate == "tanh":
        return x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x**3))) / 2
    return x * normal_cdf(x)


def hard_sigmoid(x: Array) -> Array:
    """Return `x / 6 + 1/2`, cut off at 0 and 1."""
    return np.minimum(np.maximum((x + 3) / 6, 0), 1)


def hard_swish(x: Array) -> Array:
    """Return x times the same."""
    return x * hard_sigmoid(x)


def glu(x: Array, *, axis: int = -1) -> Array:
    """Return the first half along an axis, times the sigmoid of the second."""
    first, second = np.split(x, 2, axis=axis)
    return first * sigmoid(second)


def softmax(x: Array, *, axis: Axis = -1) -> Array:
    """Return the exponentials over their sum."""
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def log_softmax(x: Array, *, axis: Axis = -1) -> Array:
    """Return the logarithms of the same."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
