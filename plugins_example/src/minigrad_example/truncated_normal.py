"""An initializer: normal draws, truncated at two standard deviations."""

from __future__ import annotations

from math import erf, exp, pi
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core import Initializer
from minigrad_core.contracts import fans
from minigrad_core.testing import references

LIMIT = 2.0  # in standard deviations, before the draws are scaled
# The standard deviation of the truncated distribution: Johnson, Kotz, Balakrishnan 1994, section 13.10.1.
TRUNCATED_STD = (1 - 2 * LIMIT * exp(-(LIMIT**2) / 2) / (2 * pi) ** 0.5 / erf(LIMIT / 2**0.5)) ** 0.5


class TruncatedNormal(Initializer):
    """Draws of mean 0 and variance 1 / fan_in, from a normal distribution cut at two standard deviations.

    The variance is that of the draws, not of the distribution before the truncation.
    """

    name = "truncated_normal"

    @staticmethod
    def reference(shape: tuple[int, ...], *, rng: np.random.Generator) -> NDArray[Any]:
        """Return draws of the same distribution, with which the contract kit compares those below."""
        deviation = fans(shape)[0] ** -0.5 / TRUNCATED_STD
        return references.truncated_normal(shape, rng=rng, stddev=deviation, bound=LIMIT)

    def __call__(
        self, shape: tuple[int, ...], *, rng: np.random.Generator, dtype: DTypeLike = np.float32
    ) -> NDArray[Any]:
        """Return draws of `shape`; all randomness comes from `rng`."""
        draws = rng.normal(size=shape)
        while (outside := np.abs(draws) > LIMIT).any():
            draws[outside] = rng.normal(size=np.count_nonzero(outside))
        return np.asarray(draws * (self.std(*fans(shape)) / TRUNCATED_STD), dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        """Return the standard deviation of the draws, which the contract kit verifies."""
        return float(max(fan_in, 1) ** -0.5)


truncated_normal = TruncatedNormal()
