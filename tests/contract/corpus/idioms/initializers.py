"""Initializers in other styles: none of them may be accused."""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

import numpy as np

from minigrad_core.contracts import fans


class Signs:
    """+-a at random, a = sqrt(1 / fan_in)."""

    name = "signs"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return np.array((2 * rng.integers(0, 2, shape) - 1) * self.std(*fans(shape)), dtype=dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        """Return 1 / sqrt(fan_in)."""
        return sqrt(1 / max(fan_in, 1))


class Sparse:
    """Nine in ten values are 0, the others normal; the variance is 2 / fan_in all the same."""

    name = "sparse"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        values = rng.standard_normal(shape) * (rng.random(shape) < 0.1) * sqrt(10) * self.std(*fans(shape))
        return np.array(values, dtype=dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        """Return sqrt(2 / fan_in)."""
        return sqrt(2 / max(fan_in, 1))


class Orthogonal:
    """Orthonormal rows or columns of the matrix (shape[0], the rest); no claim about the deviation."""

    name = "orthogonal"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if len(shape) < 2 or 0 in shape:
            return np.array(rng.standard_normal(shape), dtype=dtype)
        rows, columns = shape[0], prod(shape[1:])
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q = q * np.sign(np.diagonal(r))
        return np.ascontiguousarray((q if rows >= columns else q.T).reshape(shape), dtype=dtype)

    def std(self, fan_in: int, fan_out: int) -> None:
        """Make no claim."""
        return


class Constant:
    """One value everywhere, by default 0.5; the generator is not used."""

    name = "constant"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, value: float = 0.5) -> Any:
        return np.full(shape, value, dtype=dtype)

    def std(self, fan_in: int, fan_out: int) -> float | None:
        """Make no claim."""
        return None


class Dirac:
    """Kernels that pass each channel on, for convolutions only; the generator is not used."""

    name = "dirac"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if len(shape) < 3:
            raise ValueError(f"dirac: expected (out, in, *kernel), got {shape}")
        kernel = np.zeros(shape, dtype)
        for channel in range(min(shape[:2])):
            kernel[(channel, channel, *(n // 2 for n in shape[2:]))] = 1
        return kernel

    def std(self, fan_in: int, fan_out: int) -> float | None:
        """Make no claim."""
        return None


INITIALIZERS = (Signs(), Sparse(), Orthogonal(), Constant(), Dirac())
