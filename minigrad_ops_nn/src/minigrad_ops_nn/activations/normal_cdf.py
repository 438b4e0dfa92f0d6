"""The cumulative distribution function of the normal distribution."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Tensor

from ..kernels.precision import restore_half, to_single
from ..references import activations as plain
from .pointwise import Pointwise

# Coefficients of falling powers of t, see `approximate_normal_distribution`; they sum to 1/2.
_TAIL = (
    0.0251362681, -0.0914719483, 0.0845776556, -0.00283406201, 0.070730538,
    0.0842669206, 0.103921934, 0.112834762, 0.112837932,
)  # fmt: skip


def normal_distribution(x: Array) -> Array:
    """Return the distribution function at x; of a Tensor by the operation, since `ndtr` is not NumPy's."""
    if isinstance(x, Tensor):
        return normal_cdf(x)
    from scipy.special import ndtr

    return ndtr(x)


def normal_density(x: Array) -> Array:
    """Return `exp(-x**2 / 2) / sqrt(2 pi)`."""
    return np.exp(-0.5 * x * x) * (2 * np.pi) ** -0.5


def approximate_normal_distribution(x: Any, bell: Any) -> NDArray[Any]:
    """Return the distribution function at x (float32), given bell = exp(-x**2 / 2).

    It takes a quarter of the time of SciPy's loop. The result is bell * t * polynomial(t), or 1 minus that
    where x > 0, with t = 1 / (1 + 0.4 |x| / sqrt(2)). The form is that of Abramowitz and Stegun 1964, 7.1.26.
    These coefficients, fitted by Lawson's method, have a relative error of 1.3e-7. Rounding raises the error
    to 6e-7 at x = -3, and the rounded exponent raises it to 2e-6 at x = -10.
    """
    t: Any = np.abs(x, out=np.empty_like(x))
    t *= 0.4 * 0.5**0.5
    t += 1
    np.divide(1, t, out=t)
    tail = np.multiply(t, _TAIL[0], out=np.empty_like(x))
    for coefficient in _TAIL[1:]:
        tail += coefficient
        tail *= t
    tail *= bell
    above = np.greater(x, 0, out=t, casting="unsafe")
    np.subtract(above, tail, out=tail)
    return np.abs(tail, out=tail)


class NormalCDF(Pointwise):
    """`(1 + erf(x / sqrt(2))) / 2`, exact in both tails.

    x: any shape. d/dx = grad * exp(-x**2 / 2) / sqrt(2 pi). NumPy has no erf: this is SciPy's `ndtr`, which
    is imported at the first call.
    """

    name = "normal_cdf"
    reference = staticmethod(plain.normal_cdf)
    derivative = staticmethod(normal_density)

    def forward(self, ctx: Context, x: Array) -> Array:
        given, x = x, to_single(x)
        ctx.save(x)
        return restore_half(normal_distribution(x), given)  # SciPy gives double precision for half


normal_cdf = NormalCDF()
