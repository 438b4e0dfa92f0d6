"""An initializer: normal draws, truncated at two standard deviations."""

from __future__ import annotations

from math import exp, pi
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy import special

from minigrad_core import Initializer
from minigrad_core.contracts import fans
from minigrad_core.testing import references

LIMIT = 2.0  # in standard deviations, before the draws are scaled
INSIDE = float(special.ndtr(LIMIT) - special.ndtr(-LIMIT))
# The standard deviation of the truncated distribution: Johnson, Kotz, Balakrishnan 1994, section 13.10.1.
TRUNCATED_STD = (1 - 2 * LIMIT * exp(-(LIMIT**2) / 2) / (2 * pi) ** 0.5 / INSIDE) ** 0.5


def redraw_outliers(shape: tuple[int, ...], *, rng: np.random.Generator) -> NDArray[Any]:
    """Return draws of the same distribution, by drawing values beyond the limit again."""
    deviation = fans(shape)[0] ** -0.5 / TRUNCATED_STD
    return references.truncated_normal(shape, rng=rng, stddev=deviation, bound=LIMIT)


class TruncatedNormal(Initializer):
    """Draws of mean 0 and variance 1 / fan_in, from a normal distribution cut at two standard deviations.

    The variance is that of the draws, not of the distribution before the truncation.
    """

    name = "truncated_normal"
    reference = staticmethod(redraw_outliers)

    def __call__(
        self, shape: tuple[int, ...], *, rng: np.random.Generator, dtype: DTypeLike = np.float32
    ) -> NDArray[Any]:
        """Return draws of `shape`; all randomness comes from `rng`."""
        probability = special.ndtr(-LIMIT) + INSIDE * rng.random(shape)
        draws = special.ndtri(probability) * (self.std(*fans(shape)) / TRUNCATED_STD)
        return np.asarray(draws, dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        """Return the standard deviation of the draws, which the contract kit verifies."""
        return float(max(fan_in, 1) ** -0.5)


truncated_normal = TruncatedNormal()
