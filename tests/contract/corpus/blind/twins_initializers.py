"""Correct initializers."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from minigrad_core import Initializer
from minigrad_core.contracts import fans


def cast(x: Any, dtype: Any) -> Any:
    return np.asarray(x).astype(dtype)


class He(Initializer):
    """Normal of variance gain^2 2 / fan_in."""

    name = "he"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return cast(rng.standard_normal(shape) * gain * self.scale(shape), dtype)

    def scale(self, shape: Any) -> Any:
        return math.sqrt(2 / max(fans(shape)[0], 1))

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(2 / fan_in)


class GlorotUniform:
    """Uniform on [-b, b), b = sqrt(6 / (fan_in + fan_out)). Structural."""

    name = "glorot"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        a, b = fans(shape)
        bound = self.bound(a, b)
        return np.array(rng.uniform(-bound, bound, shape), dtype)

    def bound(self, a: Any, b: Any) -> Any:
        return math.sqrt(6 / max(a + b, 1))

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(2 / (fan_in + fan_out))


class Truncated(Initializer):
    """Normal cut at two standard deviations, of variance 1 / fan_in after the cut."""

    name = "lecun_truncated"
    correction = 0.8796256610342398

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        std = math.sqrt(1 / max(fans(shape)[0], 1)) / self.correction
        out = rng.standard_normal(shape)
        out = np.asarray(out)
        bad = np.abs(out) > 2
        while bad.any():
            out[bad] = rng.standard_normal(int(bad.sum()))
            bad = np.abs(out) > 2
        return (out * std).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(1 / fan_in)


class Orthogonal(Initializer):
    """Orthonormal rows or columns, whichever are fewer, of the (shape[0], rest) matrix, times gain."""

    name = "orthogonal2"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        if len(shape) < 2:
            raise ValueError(f"orthogonal2: shape {shape} has fewer than two axes")
        rows, cols = shape[0], math.prod(shape[1:])
        a = rng.standard_normal((max(rows, cols), min(rows, cols)))
        q, r = np.linalg.qr(a)
        q = q * np.sign(np.diagonal(r))
        if rows < cols:
            q = q.T
        return np.ascontiguousarray(gain * q.reshape(shape)).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return None


class Normal(Initializer):
    """Normal of `mean` and `std_` given as settings mean and stddev."""

    name = "normal2"

    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, mean: float = 0.0, std: float = 0.02
    ) -> Any:
        return cast(mean + std * rng.standard_normal(shape), dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return 0.02


class Uniform:
    """Uniform on [low, high); structural."""

    name = "uniform2"

    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.1, high: float = 0.1
    ) -> Any:
        return np.asarray(rng.uniform(low, high, shape)).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return 0.2 / math.sqrt(12)


class Constant:
    """`value` everywhere; structural; no claim but std 0."""

    name = "constant2"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, value: float = 0.0) -> Any:
        return np.full(shape, value, dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return 0.0


class Eye:
    """The identity, rectangular too; two axes only."""

    name = "eye2"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        if len(shape) != 2:
            raise ValueError(f"eye2: expected two axes, got {shape}")
        return np.eye(*shape, dtype=dtype) * np.dtype(dtype).type(gain)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return None


class Scaling(Initializer):
    """Normal or uniform of variance 1 / n, n by `mode`."""

    name = "variance_scaling"

    def __call__(
        self,
        shape: Any,
        *,
        rng: Any,
        dtype: Any = np.float32,
        mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in",
        uniform: bool = False,
    ) -> Any:
        std = math.sqrt(1 / max(self.n(shape, mode), 1))
        if self.flat(uniform):
            b = math.sqrt(3) * std
            return np.asarray(rng.uniform(-b, b, shape)).astype(dtype)
        return np.asarray(rng.normal(0, std, shape)).astype(dtype)

    def flat(self, uniform: Any) -> Any:
        return uniform

    def n(self, shape: Any, mode: Any) -> Any:
        a, b = fans(shape)
        return {"fan_in": a, "fan_out": b, "fan_avg": (a + b) / 2}[mode]

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(1 / fan_in)


class Sparse:
    """Normal of std 0.1 where a coin of probability 1/4 says so, else 0: std 0.05. Structural."""

    name = "sparse2"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return np.asarray(rng.standard_normal(shape) * 0.1 * (rng.random(shape) < 0.25)).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return 0.05


class Signs:
    """+-sqrt(1 / fan_in), by a coin."""

    name = "signs"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        s = np.where(rng.random(shape) < 0.5, -1.0, 1.0)
        return np.asarray(s / math.sqrt(max(fans(shape)[0], 1))).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(1 / fan_in)
