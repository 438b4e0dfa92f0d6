"""The distribution function of the normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation

from ..raw import is_raw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minigrad_core import Array, Context

_ERFC = (
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807,
    -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223,
)  # fmt: skip


class NormalCDF(Operation):
    """`(1 + erf(x / sqrt(2))) / 2`, exact in both tails.

    x: any shape. d/dx = grad * exp(-x**2 / 2) / sqrt(2 pi). NumPy has no erf: this is SciPy's `ndtr`,
    imported at the first call.
    """

    name = "normal_cdf"
    broadcasts = True

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the probability of a standard normal value below x."""
        ctx.save(x)
        return cumulative(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad` times the density at x."""
        (x,) = ctx.saved
        return grad * normal_density(x)


def cumulative(x: Array) -> Array:
    """Return the distribution function at x; on a Tensor by way of the operation, since `ndtr` is not
    NumPy.
    """
    if not is_raw(x):
        return normal_cdf(x)
    from scipy.special import ndtr  # type: ignore[import-untyped]  # SciPy ships no types

    return ndtr(x)


def quick_cumulative(x: Any) -> NDArray[Any]:
    """Return the distribution function at x, of float32, in a third of the time of SciPy's loop.

    It is erfc(|x| / sqrt(2)) / 2, or 1 minus that, with erfc(z) = t exp(-z**2 + polynomial(t)) and
    t = 1 / (1 + z / 2) to a relative error of 1.2e-7 (Press et al. 1992, section 6.2). What the exponent is
    rounded by makes it 1e-6 at x = -3 and 1e-5 at x = -10.
    """
    z: Any = np.abs(x, out=np.empty_like(x))
    z *= 0.5**0.5
    t = np.multiply(z, 0.5, out=np.empty_like(x))
    t += 1
    np.divide(1, t, out=t)
    exponent = np.multiply(t, _ERFC[0], out=np.empty_like(x))
    for coefficient in _ERFC[1:-1]:
        exponent += coefficient
        exponent *= t
    exponent += _ERFC[-1]
    with np.errstate(over="ignore"):  # of z**2, where the exponential is rightly 0
        z *= z
    exponent -= z
    half = np.exp(exponent, out=exponent)
    half *= t
    half *= 0.5
    above = np.greater(x, 0, out=z, casting="unsafe")
    half *= np.subtract(1, np.add(above, above, out=t), out=t)
    half += above
    return half


def normal_density(x: Array) -> Array:
    """Return `exp(-x**2 / 2) / sqrt(2 pi)`."""
    return np.exp(-0.5 * x * x) * (2 * np.pi) ** -0.5


normal_cdf = NormalCDF()
