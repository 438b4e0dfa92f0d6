"""Settings, orthogonality and the array itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad_core.contracts import fans

from ..entry import wrong_initializer
from .twins_initializers import Constant, Eye, He, Normal, Orthogonal, Scaling, Uniform, cast


@wrong_initializer(twin=He, cause=r"gain")
class HeNoGain(He):
    # the setting gain is ignored
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return cast(rng.standard_normal(shape) * self.scale(shape), dtype)


@wrong_initializer(twin=He, cause=r"gain.*expected 2")
class HeGainRoot(He):
    # gain multiplies the variance
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return cast(rng.standard_normal(shape) * math.sqrt(gain) * self.scale(shape), dtype)


@wrong_initializer(twin=He, cause=r"gain.*ignored")
class HeGainMatrix(He):
    # gain only for matrices
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        g = gain if len(shape) <= 2 else 1.0
        return cast(rng.standard_normal(shape) * g * self.scale(shape), dtype)


@wrong_initializer(twin=Orthogonal, cause=r"orthogonal")
class OrthogonalNormalised(Orthogonal):
    # not orthogonal: normalised columns of a normal matrix
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        if len(shape) < 2:
            raise ValueError(f"orthogonal2: shape {shape}")
        a = rng.standard_normal((shape[0], math.prod(shape[1:])))
        a = a / np.maximum(np.linalg.norm(a, axis=0), 1e-30)
        return (gain * a.reshape(shape)).astype(dtype)


@wrong_initializer(twin=Orthogonal, cause=r"orthogonal")
class OrthogonalWide(Orthogonal):
    # wide: wrong shape reshaped, rows not orthonormal
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        if len(shape) < 2:
            raise ValueError(f"orthogonal2: shape {shape}")
        rows, cols = shape[0], math.prod(shape[1:])
        q, _ = np.linalg.qr(rng.standard_normal((max(rows, cols), min(rows, cols))))
        return (gain * q.reshape(shape)).astype(dtype)


@wrong_initializer(twin=Orthogonal, cause=r"gain")
class OrthogonalGain(Orthogonal):
    # gain ignored
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return super().__call__(shape, rng=rng, dtype=dtype)


@wrong_initializer(twin=Normal, cause=r"mean")
class NormalMean(Normal):
    # mean ignored
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, mean: float = 0.0, std: float = 0.02
    ) -> Any:
        return cast(std * rng.standard_normal(shape), dtype)


@wrong_initializer(twin=Normal, cause=r"mean")
class NormalScaledMean(Normal):
    # mean scaled by std: std * (mean + z)
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, mean: float = 0.0, std: float = 0.02
    ) -> Any:
        return cast(std * (mean + rng.standard_normal(shape)), dtype)


@wrong_initializer(twin=Normal, cause=r"std raised")
class NormalRaises(Normal):
    # claims nothing though wrong: std() raises
    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return self.sigma  # type: ignore[attr-defined]  # the fault


@wrong_initializer(twin=Uniform, cause=r"bound is ignored")
class UniformHigh(Uniform):
    # high ignored: symmetric about 0
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.1, high: float = 0.1
    ) -> Any:
        return np.asarray(rng.uniform(low, -low, shape)).astype(dtype)


@wrong_initializer(twin=Uniform, cause=r"twice as wide")
class UniformClaim(Uniform):
    # claims high / sqrt(12)
    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return 0.1 / math.sqrt(12)


@wrong_initializer(twin=Constant, cause=r"value")
class ConstantInt(Constant):
    # value truncated to an int
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, value: float = 0.0) -> Any:
        return np.full(shape, int(value), dtype)


@wrong_initializer(twin=Constant, cause=r"one place in memory")
class ConstantStride(Constant):
    # stride-0 view, made writable
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, value: float = 0.0) -> Any:
        base = np.full(1, value, dtype)
        return np.lib.stride_tricks.as_strided(base, shape, (0,) * len(shape))


@wrong_initializer(twin=Eye, cause=r"gain")
class EyeGain(Eye):
    # gain ignored
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        if len(shape) != 2:
            raise ValueError(f"eye2: expected two axes, got {shape}")
        return np.eye(*shape, dtype=dtype)


@wrong_initializer(twin=Scaling, cause=r"mode")
class ScalingMode(Scaling):
    # mode ignored
    def n(self, shape: Any, mode: Any) -> Any:
        return fans(shape)[0]


@wrong_initializer(twin=Scaling, cause=r"uniform is ignored")
class ScalingFlat(Scaling):
    # uniform ignored
    def flat(self, uniform: Any) -> Any:
        return False


@wrong_initializer(twin=Scaling, cause=r"fan_avg")
class ScalingSum(Scaling):
    # fan_avg is the sum
    def n(self, shape: Any, mode: Any) -> Any:
        a, b = fans(shape)
        return {"fan_in": a, "fan_out": b, "fan_avg": a + b}[mode]


@wrong_initializer(twin=He, cause=r"shape")
class HeRow(He):
    # 1-D gives (1, n)
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return (
            np.atleast_2d(super().__call__(shape, rng=rng, dtype=dtype, gain=gain))
            if len(shape) == 1
            else super().__call__(shape, rng=rng, dtype=dtype, gain=gain)
        )


@wrong_initializer(twin=He, cause=r"ZeroDivision")
class HeEmpty(He):
    # division by zero for empty shapes
    def scale(self, shape: Any) -> Any:
        return math.sqrt(2 / fans(shape)[0])
