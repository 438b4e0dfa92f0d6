"""Constant, uniform, normal and truncated normal initializers."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrad_core import Initializer
from minigrad_core.array import Shape
from minigrad_core.errors import ArgumentError
from minigrad_core.testing import references

from .draws import draw_normal, draw_uniform


class Uniform(Initializer):
    """Uniform on [low, high), by default [-0.05, 0.05) as in Keras."""

    name = "uniform"
    reference = staticmethod(references.uniform)

    def __call__(
        self,
        shape: Shape,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        low: float = -0.05,
        high: float = 0.05,
    ) -> NDArray[Any]:
        if not low <= high:
            raise ArgumentError(f"uniform expected low of at most high, got {low=}, {high=}")
        return draw_uniform(rng, shape, dtype, low, high)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.1 / 12**0.5  # of the default bounds


class Normal(Initializer):
    """Normal with `mean` and `stddev`, by default 0 and 0.05 as in Keras."""

    name = "normal"
    reference = staticmethod(references.normal)

    def __call__(
        self,
        shape: Shape,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        mean: float = 0.0,
        stddev: float = 0.05,
    ) -> NDArray[Any]:
        if not stddev >= 0:
            raise ArgumentError(f"normal expected stddev of at least 0, got {stddev}")
        return draw_normal(rng, shape, dtype, mean, stddev)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.05


class TruncatedNormal(Initializer):
    """Normal with `mean` and `stddev`; values more than two `stddev` from the mean are redrawn, as in Keras.

    The standard deviation of the result is 0.8796 times `stddev`.

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
        if stddev < 0:
            raise ArgumentError(f"truncated_normal expected stddev of at least 0, got {stddev}")

        draws = draw_normal(rng, shape, dtype, 0.0, 1.0)
        while count := int(np.count_nonzero(outside := np.abs(draws) > 2)):
            draws[outside] = draw_normal(rng, (count,), dtype, 0.0, 1.0)
        draws *= stddev
        draws += mean
        return draws

    def std(self, fan_in: int, fan_out: int) -> float:
        """Return the default `stddev`, 0.05, times sqrt(1 - 4 phi(2) / (2 Phi(2) - 1))."""
        return 0.05 * 0.8796256610342398


uniform = Uniform()
normal = Normal()
truncated_normal = TruncatedNormal()


class Constant(Initializer):
    """Every value is `value`; nothing is drawn from the generator.

    Examples
    --------
    >>> Constant("halves", 0.5)((2, 3), rng=np.random.default_rng(0))
    array([[0.5, 0.5, 0.5],
           [0.5, 0.5, 0.5]], dtype=float32)
    """

    def __init__(self, name: str, value: float) -> None:
        self.name = name
        self.value = value
        self.reference = partial(references.constant, value=value)

    def __call__(
        self,
        shape: Shape,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        value: float | None = None,
    ) -> NDArray[Any]:
        return np.full(shape, self.value if value is None else value, dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.0


zeros = Constant("zeros", 0.0)
ones = Constant("ones", 1.0)
constant = Constant("constant", 0.0)
