"""Wrong initializers of other kinds."""

from __future__ import annotations

import random
from math import prod
from typing import Any, ClassVar

import numpy as np

from minigrad_core.contracts import fans

from .entry import wrong_initializer
from .twins.initializers import GlorotUniform, KaimingNormal, Uniform


@wrong_initializer(twin=KaimingNormal, cause=r"repeat|same|chunk|large|varian|std|mean|distinct|block")
class ChunkRepeated(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        chunk = rng.standard_normal(min(prod(shape), 256))
        values = np.resize(chunk, shape) if prod(shape) else np.zeros(shape)  # from the 257th value on: again
        return np.array(values * self.std(*fans(shape)), dtype=dtype)


@wrong_initializer(twin=KaimingNormal, cause=r"zero|std|varian|last|column")
class TailLeftAtZero(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        values = super().__call__(shape, rng=rng, dtype=dtype)
        if values.ndim > 1:
            values[..., values.shape[-1] // 2 :] = 0  # half of the columns are never filled
        return values


@wrong_initializer(twin=Uniform, cause=r"random|seed|global|rng|generator|determin|same")
class StandardLibraryRandom(Uniform):
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.1, high: float = 0.1
    ) -> Any:
        values = [random.uniform(low, high) for _ in range(prod(shape))]  # Python's global generator
        return np.array(values, dtype=dtype).reshape(shape)


@wrong_initializer(twin=GlorotUniform, cause=r"dtype|float64|float32")
class SingleOnly(GlorotUniform):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return super().__call__(shape, rng=rng, dtype=np.float32)  # float64 is never given


@wrong_initializer(twin=GlorotUniform, cause=r"generator|rng|state|same|call|counter|determin")
class CountsItsCalls(GlorotUniform):
    calls = 0

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        self.calls += 1
        return super().__call__(shape, rng=np.random.default_rng(self.calls), dtype=dtype)  # not from rng


@wrong_initializer(twin=Uniform, cause=r"fresh|share|memory|alias|same array|buffer")
class OnePool(Uniform):
    pool: ClassVar[Any] = np.empty(2_000_000)

    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.1, high: float = 0.1
    ) -> Any:
        values = super().__call__(shape, rng=rng, dtype=dtype, low=low, high=high)
        if values.dtype != self.pool.dtype or values.size > self.pool.size:
            return values
        place = self.pool[: values.size].reshape(shape)  # float64 draws all lie in the same memory
        place[...] = values
        return place


@wrong_initializer(twin=KaimingNormal, cause=r"std|varian|fan|1-d|vector|convol")
class ConvolutionSpatialTwice(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in = fans(shape)[0] * (prod(shape[2:]) if len(shape) > 2 else 1)  # the kernel's size counts twice
        return np.array(rng.standard_normal(shape) * self.std(fan_in, 0), dtype=dtype)


@wrong_initializer(twin=Uniform, cause=r"setting|low|high|ignor|range|bound")
class BoundsIgnored(Uniform):
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.1, high: float = 0.1
    ) -> Any:
        if low < 0:
            low, high = -high, high  # symmetric, whatever was asked for
        return super().__call__(shape, rng=rng, dtype=dtype, low=low, high=high)


class ScaledByMode:
    """Normal with variance 1 / fan, of the fan that `mode` names."""

    name = "scaled_by_mode"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, mode: Any = "fan_in") -> Any:
        fan = dict(zip(("fan_in", "fan_out"), fans(shape), strict=True))[
            mode
        ]  # no annotation tells the words
        return np.array(rng.standard_normal(shape) * max(fan, 1) ** -0.5, dtype=dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return float(fan_in**-0.5)


@wrong_initializer(twin=ScaledByMode, cause=r"mode")
class ModeUnread(ScaledByMode):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, mode: Any = "fan_in") -> Any:
        if mode not in ("fan_in", "fan_out"):
            raise ValueError(f"scaled_by_mode: mode is {mode!r}")
        return super().__call__(shape, rng=rng, dtype=dtype)  # whatever was asked for
