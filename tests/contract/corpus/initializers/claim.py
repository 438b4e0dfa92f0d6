"""Initializers whose deviation is not the claimed one."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core.contracts import fans

from ..pair import breaks
from .right import He


@breaks("claim", "wrong-std")
class ExchangesFans(He):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return np.asarray(gain * self.drawn(shape, rng) * self.std(*fans(shape)[::-1]), dtype)


@breaks("claim", "wrong-std")
class TakesVarianceForDeviation(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return super().drawn(shape, rng) * self.std(*fans(shape))


@breaks("claim", "wrong-std")
class IgnoresTheKernel(He):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        fan_in = shape[1] if len(shape) > 2 else fans(shape)[0]
        return np.asarray(gain * self.drawn(shape, rng) * self.std(fan_in, 1), dtype)


@breaks("claim", "wrong-std")
class ClaimsForAnotherFan(He):
    def std(self, fan_in: int, fan_out: int) -> float:
        return super().std(max(fan_in, 8), fan_out)

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return np.asarray(gain * self.drawn(shape, rng) * He.std(self, *fans(shape)), dtype)
