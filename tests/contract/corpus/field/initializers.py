"""Initializers with one slip each."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from minigrad_core.contracts.initializer import fans

from ..entry import wrong_initializer


@dataclass(frozen=True)
class LecunNormal:
    """Normal, of variance 1 / fan_in (LeCun et al. 1998)."""

    name: str = "lecun_normal"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in, _ = fans(shape)
        return (
            rng.normal(0.0, sqrt(1 / max(fan_in, 1)), shape).astype(dtype)
            if shape
            else self._scalar(rng, dtype)
        )

    def _scalar(self, rng: Any, dtype: Any) -> Any:
        return np.asarray(rng.normal(), dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return sqrt(1 / fan_in)


@wrong_initializer(twin=LecunNormal, cause=r"variance|std|deviation|root")
class LecunVarianceAsScale(LecunNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in, _ = fans(shape)
        return np.asarray(rng.normal(0.0, 1 / max(fan_in, 1), shape), dtype)


@wrong_initializer(twin=LecunNormal, cause=r"conv|receptive|shape|deviation")
class LecunMatrixFans(LecunNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in = shape[0] if len(shape) == 2 else shape[1] if len(shape) > 2 else 1  # the kernel is left out
        return np.asarray(rng.normal(0.0, sqrt(1 / max(fan_in, 1)), shape), dtype)


@wrong_initializer(twin=LecunNormal, cause=r"swap|fan|deviation")
class LecunTorchFans(LecunNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else 1  # (out, in), as in PyTorch
        return np.asarray(rng.normal(0.0, sqrt(1 / max(fan_in, 1)), shape), dtype)


@wrong_initializer(twin=LecunNormal, cause=r"float64|float32|dtype")
class LecunIgnoresDtype(LecunNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in, _ = fans(shape)
        return np.asarray(rng.normal(0.0, sqrt(1 / max(fan_in, 1)), shape), np.float32)


class TruncatedNormal:
    """Normal of standard deviation `stddev`, cut at two of them by drawing again; the claim is
    that of the cut one.
    """

    name = "truncated_normal"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, stddev: float = 0.02) -> Any:
        values = np.asarray(rng.standard_normal(shape))
        while np.any(far := np.abs(values) > 2):
            values[far] = rng.standard_normal(int(far.sum()))
        return (values * stddev).astype(dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.02 * 0.8796256610342398  # of a normal cut at 2


@wrong_initializer(twin=TruncatedNormal, cause=r"deviation|std|claim")
class TruncatedClaimsTheWhole(TruncatedNormal):
    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.02  # that of the normal which is not cut


@wrong_initializer(twin=TruncatedNormal, cause=r"deviation|std|claim|clip")
class TruncatedByClipping(TruncatedNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, stddev: float = 0.02) -> Any:
        return np.asarray(np.clip(rng.standard_normal(shape), -2, 2) * stddev, dtype)


class UniformRange:
    """Uniform in [low, high)."""

    name = "uniform_range"

    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.05, high: float = 0.05
    ) -> Any:
        if not low < high:
            raise ValueError(f"uniform_range: expected low < high, got {low} and {high}")
        return np.asarray(rng.uniform(low, high, shape), dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.1 / sqrt(12)


@wrong_initializer(twin=UniformRange, cause=r"low|high|bound|setting|range")
class UniformIgnoresHigh(UniformRange):
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.05, high: float = 0.05
    ) -> Any:
        return np.asarray(rng.uniform(low, -low, shape), dtype)


@wrong_initializer(twin=UniformRange, cause=r"mean|low|high|setting")
class UniformPositive(UniformRange):
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.05, high: float = 0.05
    ) -> Any:
        return np.asarray(rng.uniform(0, high - low, shape), dtype)


@wrong_initializer(twin=UniformRange, cause=r"generator|rng|seed|deterministic")
class UniformOwnGenerator(UniformRange):
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.05, high: float = 0.05
    ) -> Any:
        return np.asarray(np.random.default_rng().uniform(low, high, shape), dtype)


class Orthogonal:
    """A matrix with orthonormal rows or columns, by QR (Saxe et al. 2014); two axes and more,
    flattened after the first.
    """

    name = "orthogonal"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if len(shape) < 2:
            raise ValueError(f"orthogonal: expected at least two axes, got {shape}")
        rows, columns = shape[0], int(np.prod(shape[1:]))
        long, short = max(rows, columns), min(rows, columns)
        q, r = np.linalg.qr(rng.standard_normal((long, short)))
        q = q * np.sign(np.diagonal(r))
        q = q if rows >= columns else q.T
        return np.ascontiguousarray(q.reshape(shape), dtype)

    def std(self, fan_in: int, fan_out: int) -> float | None:
        return None


@wrong_initializer(twin=Orthogonal, cause=r"same|generator|rng|seed|shared|another")
class OrthogonalCached(Orthogonal):
    def __init__(self) -> None:
        self.known: dict[Any, Any] = {}

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if shape not in self.known:
            self.known[shape] = super().__call__(shape, rng=rng, dtype=np.float64)
        return self.known[shape].astype(dtype)


@wrong_initializer(twin=Orthogonal, cause=r"shape|transpos")
class OrthogonalTransposed(Orthogonal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if len(shape) < 2:
            raise ValueError(f"orthogonal: expected at least two axes, got {shape}")
        q, _ = np.linalg.qr(
            rng.standard_normal(
                (max(shape[0], int(np.prod(shape[1:]))), min(shape[0], int(np.prod(shape[1:]))))
            )
        )
        return q.astype(dtype)  # tall, whatever was asked for


class Sparse:
    """Normal of variance 1 / fan_in in one of ten places, scaled up by the root of ten, else zero."""

    name = "sparse"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in, _ = fans(shape)
        values = rng.standard_normal(shape) * sqrt(10 / max(fan_in, 1))
        return np.asarray(np.where(rng.random(shape) < 0.1, values, 0.0), dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return sqrt(1 / fan_in)


@wrong_initializer(twin=Sparse, cause=r"deviation|std|claim")
class SparseUnscaled(Sparse):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in, _ = fans(shape)
        values = rng.standard_normal(shape) * sqrt(1 / max(fan_in, 1))
        return np.asarray(np.where(rng.random(shape) < 0.1, values, 0.0), dtype)


@wrong_initializer(twin=Sparse, cause=r"repeat|correlat|row|column|copies")
class SparseOneMask(Sparse):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in, _ = fans(shape)
        row = rng.standard_normal(shape[-1:]) * sqrt(1 / max(fan_in, 1))
        return np.asarray(np.zeros(shape) + row, dtype)  # one row for all


@wrong_initializer(twin=Sparse, cause=r"global|random state|np.random")
class SparseSeeds(Sparse):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        np.random.seed(int(rng.integers(2**31)))  # noqa: NPY002 - the fault
        return super().__call__(shape, rng=rng, dtype=dtype)


class FilledWith:
    """All values are `value`."""

    name = "filled_with"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, value: float = 0.1) -> Any:
        return np.full(shape, value, dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.0


@wrong_initializer(twin=FilledWith, cause=r"memory|read-only|written|share|view")
class FilledBroadcast(FilledWith):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, value: float = 0.1) -> Any:
        return np.broadcast_to(np.asarray(value, dtype), shape)


@wrong_initializer(twin=FilledWith, cause=r"value|setting|range")
class FilledIgnoresValue(FilledWith):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, value: float = 0.1) -> Any:
        return np.full(shape, 0.1, dtype)
