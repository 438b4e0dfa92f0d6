"""Correct initializers."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from minigrad_core.contracts import fans

VARIANCE = r"std|varian|deviation|spread|fan"
RNG = r"generator|rng|random|seed|same|state|determin"


class KaimingNormal:
    """Normal values with mean 0 and variance 2 / fan_in (He et al. 2015, eq. 10)."""

    name = "kaiming_normal"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return np.array(rng.standard_normal(shape) * self.std(*fans(shape)), dtype=dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return sqrt(2 / max(fan_in, 1))


class GlorotUniform:
    """Uniform values in +-sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010, eq. 16)."""

    name = "glorot_uniform"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        limit = sqrt(3) * self.std(*fans(shape))
        return np.array(rng.uniform(-limit, limit, shape), dtype=dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return sqrt(2 / max(fan_in + fan_out, 1))


class Uniform:
    """Uniform values in [low, high), by default in [-0.1, 0.1)."""

    name = "uniform"

    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.1, high: float = 0.1
    ) -> Any:
        return np.array(rng.uniform(low, high, shape), dtype=dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.2 / sqrt(12)


class TruncatedNormal:
    """Normal values cut off at two deviations, with standard deviation 0.02 after the cut."""

    name = "truncated_normal"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        values = np.array(rng.standard_normal(shape))
        while np.any(outside := np.abs(values) > 2):
            values[outside] = rng.standard_normal(np.count_nonzero(outside))
        # A normal deviate cut at +-2 has this standard deviation.
        return np.array(values * (0.02 / 0.87962566103423978), dtype=dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.02


class Zeros:
    """Zeros."""

    name = "zeros"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return np.zeros(shape, dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.0
