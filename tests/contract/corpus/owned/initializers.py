"""Draws with tails, orthogonal kernels, vectors, and bounds of another distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad_core.contracts.initializer import fans

from ..entry import wrong_initializer


class LogUniform:
    """exp of a uniform draw between log low and log high. Gu et al. 2022."""

    name = "log_uniform"

    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: Any = 0.001, high: Any = 0.1
    ) -> Any:
        return np.asarray(np.exp(rng.uniform(math.log(low), math.log(high), shape)), dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return math.sqrt((0.01 - 1e-6) / (2 * math.log(100.0)) - (0.099 / math.log(100.0)) ** 2)


class LeakyHe:
    """Normal, of variance 2 / ((1 + slope^2) fan_in)."""

    name = "leaky_he"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, slope: Any = 0.25) -> Any:
        fan_in, _ = fans(shape)
        std = math.sqrt(2 / ((1 + slope**2) * max(fan_in, 1)))
        return np.asarray(rng.standard_normal(shape) * std, dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return math.sqrt(2 / (1.0625 * fan_in))


@wrong_initializer(twin=LeakyHe, cause=r"shape \(20000,\)")
class VectorUnscaled(LeakyHe):
    # a vector has standard deviation 1
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, slope: Any = 0.25) -> Any:
        fan_in = 2 if len(shape) == 1 else fans(shape)[0]
        std = math.sqrt(2 / ((1 + slope**2) * max(fan_in, 1)))
        return np.asarray(rng.standard_normal(shape) * std, dtype)


class TruncatedFan:
    """Normal of variance 1 / fan_in, drawn again beyond two deviations, and as much wider."""

    name = "truncated_fan"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        z = np.asarray(rng.standard_normal(shape))
        while (out := np.abs(z) > 2).any():
            z[out] = rng.standard_normal(int(out.sum()))
        return (z * (math.sqrt(1 / max(fans(shape)[0], 1)) / 0.8796256610342398)).astype(dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return math.sqrt(1 / fan_in)


@wrong_initializer(twin=TruncatedFan, cause=r"again only once")
class TruncatedOnce(TruncatedFan):
    # what is beyond is drawn again once
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        z = np.asarray(rng.standard_normal(shape))
        out = np.abs(z) > 2
        z[out] = rng.standard_normal(int(out.sum()))
        return (z * (math.sqrt(1 / max(fans(shape)[0], 1)) / 0.8796256610342398)).astype(dtype)


@wrong_initializer(twin=TruncatedFan, cause=r"are 0: what is beyond")
class TruncatedToZero(TruncatedFan):
    # what is beyond is 0
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        z = np.asarray(rng.standard_normal(shape))
        z[np.abs(z) > 2] = 0
        return (z * (math.sqrt(1 / max(fans(shape)[0], 1)) / 0.8594)).astype(dtype)


class SemiOrthogonal:
    """Orthonormal rows, or columns if there are more rows, of (out, in * kernel) or a matrix."""

    name = "semi_orthogonal"

    def rows(self, shape: Any) -> int:
        """Return how many vectors a weight is made of."""
        return int(shape[0]) if len(shape) > 1 else 1

    def length(self, rows: int) -> float:
        """Return how long each is."""
        return 1.0

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        rows, size = self.rows(shape), math.prod(shape)
        columns = size // rows if rows else 0
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0) * self.length(rows)
        return np.array((q if rows >= columns else q.T).reshape(shape), dtype)

    def std(self, fan_in: int, fan_out: int) -> None:
        return None


@wrong_initializer(twin=SemiOrthogonal, cause=r"vectors have length")
class OrthogonalScaled(SemiOrthogonal):
    # as long as there are rows
    def length(self, rows: int) -> float:
        return rows**0.5


@wrong_initializer(twin=SemiOrthogonal, cause=r"kernels of a convolution")
class OrthogonalFlattened(SemiOrthogonal):
    # a convolution counts as (out * in, kernel)
    def rows(self, shape: Any) -> int:
        return math.prod(shape[: max(len(shape) - 1, 1)]) if len(shape) > 2 else super().rows(shape)


class XavierNormal:
    """Normal, of variance 2 / (fan_in + fan_out). Glorot and Bengio 2010."""

    name = "xavier_normal"

    def variance(self, fan_in: int, fan_out: int) -> float:
        """Return what is drawn and claimed."""
        return 2 / max(fan_in + fan_out, 1)

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: Any = 1.0) -> Any:
        return np.asarray(gain * self.variance(*fans(shape)) ** 0.5 * rng.standard_normal(shape), dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return self.variance(fan_in, fan_out) ** 0.5


@wrong_initializer(twin=XavierNormal, cause=r"called xavier_normal, and claims")
class XavierOfFanIn(XavierNormal):
    # fan in alone, in the claim too
    def variance(self, fan_in: int, fan_out: int) -> float:
        return 2 / max(fan_in, 1)


class HeUniform:
    """Uniform, of variance 2 / fan_in. He et al. 2015."""

    name = "he_uniform"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        limit = math.sqrt(6 / max(fans(shape)[0], 1))
        return np.asarray(rng.uniform(-limit, limit, shape), dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return math.sqrt(2 / fan_in)


@wrong_initializer(twin=HeUniform, cause=r"the draw is not uniform")
class HeOfThree(HeUniform):
    # the bounds or zero
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return np.asarray(rng.integers(-1, 2, shape) * math.sqrt(3 / max(fans(shape)[0], 1)), dtype)
