"""What is drawn, and from where."""

from __future__ import annotations

import copy
import math
import time
from typing import Any

import numpy as np

from minigrad_core.contracts import fans

from ..entry import wrong_initializer
from .twins_initializers import GlorotUniform, He, Signs, Sparse, Truncated, cast


@wrong_initializer(twin=He, cause=r"too few bits")
class HeFew(He):
    # only 16 different draws: seed of an inner generator is rng.integers(16)
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        inner = np.random.default_rng(int(rng.integers(16)))
        return cast(inner.standard_normal(shape) * gain * self.scale(shape), dtype)


@wrong_initializer(twin=He, cause=r"not advanced")
class HeCopied(He):
    # copies the generator: successive draws are the same
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        rng = copy.deepcopy(rng)
        return cast(rng.standard_normal(shape) * gain * self.scale(shape), dtype)


@wrong_initializer(twin=He, cause=r"generator")
class HeTime(He):
    # not reproducible: the time goes into the seed
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        inner = np.random.default_rng([int(rng.integers(2**31)), time.perf_counter_ns() % 2**31])
        return cast(inner.standard_normal(shape) * gain * self.scale(shape), dtype)


@wrong_initializer(twin=He, cause=r"rng is ignored")
class HeCachedCopy(He):
    # a cached draw is copied: same draw twice
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        key = (tuple(shape), np.dtype(dtype).char, gain)
        cache = self.__dict__.setdefault("_cache", {})
        if key not in cache:
            cache[key] = super().__call__(shape, rng=rng, dtype=dtype, gain=gain)
        return cache[key].copy()


@wrong_initializer(twin=He, cause=r"first call")
class HeFirstScale(He):
    # scale kept from the first call (cached property)
    def scale(self, shape: Any) -> Any:
        if "first" not in self.__dict__:
            self.first = He.scale(self, shape)
        return self.first


@wrong_initializer(twin=He, cause=r"repeat along axis 1")
class HeOneKernel(He):
    # each kernel of a convolution is the same over the channels
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        if len(shape) < 3:
            return super().__call__(shape, rng=rng, dtype=dtype, gain=gain)
        kernel = rng.standard_normal((shape[0], 1, *shape[2:])) * gain * self.scale(shape)
        return cast(np.broadcast_to(kernel, shape), dtype)


@wrong_initializer(twin=He, cause=r"values repeat")
class HePool(He):
    # the same 1000 values repeated (np.resize of a pool)
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        pool = rng.standard_normal(1000)
        return cast(np.resize(pool, shape) * gain * self.scale(shape), dtype)


@wrong_initializer(twin=He, cause=r"values repeat")
class HeSymmetric(He):
    # symmetric when square
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        x = rng.standard_normal(shape)
        if len(shape) == 2 and shape[0] == shape[1]:
            x = np.triu(x) + np.triu(x, 1).T
        return cast(x * gain * self.scale(shape), dtype)


@wrong_initializer(twin=He, cause=r"values repeat")
class HeMirror(He):
    # mirrored: second half is minus the first
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        n = math.prod(shape)
        half = rng.standard_normal((n + 1) // 2)
        x = np.concatenate([half, -half])[:n].reshape(shape)
        return cast(x * gain * self.scale(shape), dtype)


@wrong_initializer(twin=He, cause=r"every draw")
class HeOdd(He):
    # values of a last odd row left uninitialised/zero: draws prod//2*2
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        out = np.zeros(math.prod(shape))
        n = len(out) // 2
        out[: 2 * n] = rng.standard_normal(2 * n)
        return cast(out.reshape(shape) * gain * self.scale(shape), dtype)


@wrong_initializer(twin=He, cause=r"every draw")
class HeLastColumn(He):
    # the last column is zero (range(n - 1))
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        x = rng.standard_normal(shape)
        if len(shape) == 2 and shape[1] > 1:
            x[:, -1] = 0
        return cast(x * gain * self.scale(shape), dtype)


@wrong_initializer(twin=He, cause=r"one sign")
class HeAbs(He):
    # absolute values: mean not zero
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return cast(np.abs(rng.standard_normal(shape)) * gain * self.scale(shape), dtype)


@wrong_initializer(twin=GlorotUniform, cause=r"values repeat")
class GlorotRounds(GlorotUniform):
    # integer dtype of the draw: rounds to -b, 0, b steps
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        bound = self.bound(*fans(shape))
        return np.array(rng.uniform(-bound, bound, shape), np.float16).astype(dtype)


@wrong_initializer(twin=GlorotUniform, cause=r"one sign")
class GlorotHalf(GlorotUniform):
    # on [0, b): half the range
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        bound = self.bound(*fans(shape))
        return np.array(rng.random(shape) * bound, dtype)


@wrong_initializer(twin=Truncated, cause=r"cut off")
class TruncatedPlain(Truncated):
    # no correction for the cut
    correction = 1.0


@wrong_initializer(twin=Truncated, cause=r"0.8796")
class TruncatedInverse(Truncated):
    # corrected the wrong way round
    correction = 1 / 0.8796256610342398


@wrong_initializer(twin=Truncated, cause=r"mean")
class TruncatedOneSide(Truncated):
    # one-sided cut
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        std = math.sqrt(1 / max(fans(shape)[0], 1)) / self.correction
        out = np.asarray(rng.standard_normal(shape))
        while (bad := out > 2).any():
            out[bad] = rng.standard_normal(int(bad.sum()))
        return (out * std).astype(dtype)


@wrong_initializer(twin=Sparse, cause=r"zeros are drawn once for all")
class SparseRows(Sparse):
    # the same zeros in each column
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        keep = rng.random(shape[:1] + (1,) * (len(shape) - 1)) < 0.25
        return np.asarray(rng.standard_normal(shape) * 0.1 * keep).astype(dtype)


@wrong_initializer(twin=Signs, cause=r"deviation")
class SignsThree(Signs):
    # np.sign(0) style: three values
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        s = rng.integers(-1, 2, shape)
        return np.asarray(s / math.sqrt(max(fans(shape)[0], 1))).astype(dtype)


@wrong_initializer(twin=Signs, cause=r"mean")
class SignsUnfair(Signs):
    # coin not fair (0.45)
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        s = np.where(rng.random(shape) < 0.45, -1.0, 1.0)
        return np.asarray(s / math.sqrt(max(fans(shape)[0], 1))).astype(dtype)
