"""The truncated normal distribution."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core import Initializer
from minigrad_core.array import Shape
from minigrad_core.errors import ArgumentError
from minigrad_core.testing import references

from .draws import draw_normal


class TruncatedNormal(Initializer):
    """Normal with `mean` and `stddev`, drawn again where a value is more than two `stddev` away, as in Keras.

    What is left has 0.8796 of the standard deviation.

    Raises
    ------
    ArgumentError
        `stddev` is negative.
    """

    name = "truncated_normal"
    reference = staticmethod(references.truncated_normal)

    def __call__(
        self,
        shape: Shape,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        mean: float = 0.0,
        stddev: float = 0.05,
    ) -> NDArray[Any]:
        """Return draws of `shape`."""
        if stddev < 0:
            raise ArgumentError(f"truncated_normal expected stddev of at least 0, got {stddev}")

        def drawn(shape: Shape) -> NDArray[Any]:
            return draw_normal(rng, shape, dtype, 0.0, 1.0)

        draws = drawn(shape)
        while again := int(np.count_nonzero(out := np.abs(draws) > 2)):
            draws[out] = drawn((again,))
        draws *= stddev
        draws += mean
        return draws

    def std(self, fan_in: int, fan_out: int) -> float:
        """Return what is left of the default `stddev`: sqrt(1 - 4 phi(2) / (2 Phi(2) - 1)) of it."""
        return 0.05 * 0.8796256610342398


truncated_normal = TruncatedNormal()
