"""The distribution function of the normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minigrad_core import Operation

from ..raw import is_raw

if TYPE_CHECKING:
    from minigrad_core import Array, Context


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


def normal_density(x: Array) -> Array:
    """Return `exp(-x**2 / 2) / sqrt(2 pi)`."""
    return np.exp(-0.5 * x * x) * (2 * np.pi) ** -0.5


normal_cdf = NormalCDF()
