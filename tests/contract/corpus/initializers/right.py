"""The right ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core.contracts import fans
from minigrad_core.testing import references


class He:
    """Normal, of variance 2 / fan_in."""

    name = "he"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return np.asarray(gain * self.drawn(shape, rng) * self.std(*fans(shape)), dtype)

    def drawn(self, shape: Any, rng: Any) -> Any:
        return rng.standard_normal(shape)

    def std(self, fan_in: int, fan_out: int) -> float:
        return float((2 / max(fan_in, 1)) ** 0.5)


class Signs(He):
    """One deviation up or down."""

    name = "signs"

    def drawn(self, shape: Any, rng: Any) -> Any:
        return 2.0 * rng.integers(0, 2, shape) - 1


class Sparse:
    """Normal where a coin of 1 in 5 says so, else 0."""

    name = "sparse"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return np.asarray(rng.standard_normal(shape) * self.draw_mask(shape, rng), dtype)

    def draw_mask(self, shape: Any, rng: Any) -> Any:
        return rng.random(shape) < 0.2

    def std(self, fan_in: int, fan_out: int) -> float:
        return float(0.2**0.5)


class Truncated(He):
    """Normal, cut at two deviations, of variance 2 / fan_in after the cut."""

    name = "truncated"

    def drawn(self, shape: Any, rng: Any) -> Any:
        return references.truncated_normal(shape, rng=rng, stddev=1 / 0.8796256610342398)


class Orthogonal:
    """Orthonormal columns, or rows of a wide matrix; for matrices and kernels."""

    name = "orthogonal"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if len(shape) < 2:
            raise ValueError(f"orthogonal: expected a matrix or kernels, got shape {shape}")
        rows, columns = shape[0], int(np.prod(shape[1:]))
        return np.asarray(self.drawn(rows, columns, rng).reshape(shape), dtype)

    def drawn(self, rows: int, columns: int, rng: Any) -> Any:
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
        return q if rows >= columns else q.T


class Padded(He):
    """Zero in the corner of a matrix."""

    name = "padded"

    def drawn(self, shape: Any, rng: Any) -> Any:
        drawn = super().drawn(shape, rng)
        if len(shape) == 2:
            drawn[:1, :1] = 0.0
        return drawn
