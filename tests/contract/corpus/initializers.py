"""Wrong initializers."""

from __future__ import annotations

import copy
import sys
from math import sqrt
from typing import Any, ClassVar

import numpy as np

from minigrad_core.contracts import fans

from .entry import wrong_initializer
from .twins.initializers import GlorotUniform, KaimingNormal, TruncatedNormal, Uniform, Zeros

VARIANCE = r"std|varian|deviation|spread|fan"
RNG = r"generator|rng|random|seed|same|state|determin"


@wrong_initializer(twin=KaimingNormal, cause=VARIANCE)
class FansSwapped(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in, fan_out = fans(shape)
        return np.array(rng.standard_normal(shape) * self.std(fan_out, fan_in), dtype=dtype)  # swapped


@wrong_initializer(twin=KaimingNormal, cause=VARIANCE)
class GainMissing(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        std = sqrt(1 / max(fans(shape)[0], 1))  # He without his root of two
        return np.array(rng.standard_normal(shape) * std, dtype=dtype)


@wrong_initializer(twin=KaimingNormal, cause=VARIANCE)
class VarianceForDeviation(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in, _ = fans(shape)
        return np.array(rng.standard_normal(shape) * (2 / max(fan_in, 1)), dtype=dtype)  # the root is missing


@wrong_initializer(twin=KaimingNormal, cause=VARIANCE + "|convol|field|kernel")
class ReceptiveFieldIgnored(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in = shape[1] if len(shape) > 2 else fans(shape)[0]  # channels in, without the kernel's size
        return np.array(rng.standard_normal(shape) * self.std(fan_in, 0), dtype=dtype)


@wrong_initializer(twin=KaimingNormal, cause=VARIANCE + "|convol|kernel")
class ConvolutionAsMatrix(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in = shape[0] if len(shape) > 1 else fans(shape)[0]  # (in, out, ...) also for convolutions
        return np.array(rng.standard_normal(shape) * self.std(fan_in, 0), dtype=dtype)


@wrong_initializer(twin=GlorotUniform, cause=VARIANCE)
class DeviationForLimit(GlorotUniform):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        limit = self.std(*fans(shape))  # sqrt(3) is missing
        return np.array(rng.uniform(-limit, limit, shape), dtype=dtype)


@wrong_initializer(twin=GlorotUniform, cause=VARIANCE)
class OneFanOnly(GlorotUniform):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        limit = sqrt(3 / max(fans(shape)[0], 1))  # right for square matrices
        return np.array(rng.uniform(-limit, limit, shape), dtype=dtype)


@wrong_initializer(twin=GlorotUniform, cause=r"mean|centre|center|bias|std|varian")
class OneSided(GlorotUniform):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        limit = sqrt(12) * self.std(*fans(shape))
        return np.array(rng.uniform(0, limit, shape), dtype=dtype)  # the right spread, not round 0


@wrong_initializer(twin=KaimingNormal, cause=r"mean|centre|center|bias")
class SmallBias(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        std = self.std(*fans(shape))
        # A mean of a twentieth of a deviation.
        return np.array(rng.normal(0.05 * std, std, shape), dtype=dtype)


@wrong_initializer(twin=TruncatedNormal, cause=VARIANCE)
class TruncationNotCompensated(TruncatedNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        narrow = super().__call__(shape, rng=rng, dtype=dtype) * 0.87962566  # tensorflow#18706
        return np.array(narrow, dtype=dtype)


@wrong_initializer(twin=KaimingNormal, cause=RNG)
class GeneratorIgnored(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        values = np.random.standard_normal(shape)  # noqa: NPY002 - the fault: the global generator
        return np.array(values * self.std(*fans(shape)), dtype=dtype)


@wrong_initializer(twin=KaimingNormal, cause=RNG)
class AlwaysSeedZero(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return super().__call__(shape, rng=np.random.default_rng(0), dtype=dtype)  # the same for every layer


@wrong_initializer(twin=KaimingNormal, cause=RNG)
class GeneratorCopied(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        # Never moves on: successive draws agree.
        return super().__call__(shape, rng=copy.deepcopy(rng), dtype=dtype)


@wrong_initializer(twin=GlorotUniform, cause=RNG)
class Unseeded(GlorotUniform):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return super().__call__(shape, rng=np.random.default_rng(), dtype=dtype)  # never twice the same


@wrong_initializer(twin=Uniform, cause=RNG + "|global")
class SeedsGlobalState(Uniform):
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.1, high: float = 0.1
    ) -> Any:
        np.random.seed(42)  # noqa: NPY002 - the fault
        return super().__call__(shape, rng=rng, dtype=dtype, low=low, high=high)


@wrong_initializer(twin=GlorotUniform, cause=r"repeat|row|same|independent|mean|varian|std|correl|distinct")
class OneRowRepeated(GlorotUniform):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if len(shape) < 2:
            return super().__call__(shape, rng=rng, dtype=dtype)
        limit = sqrt(3) * self.std(*fans(shape))
        # All rows are equal.
        return np.array(np.broadcast_to(rng.uniform(-limit, limit, shape[1:]), shape), dtype=dtype)


@wrong_initializer(twin=KaimingNormal, cause=r"dtype|float64|float32")
class DtypeIgnored(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return super().__call__(shape, rng=rng, dtype=np.float64)  # float64, whatever was asked for


@wrong_initializer(twin=GlorotUniform, cause=r"shape|transpos")
class ShapeTransposed(GlorotUniform):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return super().__call__(shape, rng=rng, dtype=dtype).T  # (out, in), as other libraries have it


@wrong_initializer(twin=KaimingNormal, cause=r"0-d|scalar|\(\)|raise|IndexError|shape")
class ScalarFails(KaimingNormal):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in = fans(shape)[0] if len(shape) > 1 else shape[0]  # IndexError for shape ()
        return np.array(rng.standard_normal(shape) * self.std(fan_in, 0), dtype=dtype)


@wrong_initializer(twin=GlorotUniform, cause=r"empty|zero|divi|raise|\b0\b|shape")
class EmptyFails(GlorotUniform):
    def std(self, fan_in: int, fan_out: int) -> float:
        return sqrt(2 / (fan_in + fan_out)) if fan_in * fan_out else 1 // 0  # ZeroDivisionError for (0, 3)


@wrong_initializer(twin=Zeros, cause=r"fresh|share|same array|memory|cache|alias")
class CachedZeros(Zeros):
    cache: ClassVar[dict[Any, Any]] = {}

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return self.cache.setdefault((shape, np.dtype(dtype)), np.zeros(shape, dtype))  # all layers share one


@wrong_initializer(twin=Zeros, cause=r"writ|read-?only|broadcast")
class ReadOnlyZeros(Zeros):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return np.broadcast_to(np.zeros((), dtype), shape)  # cannot be updated


@wrong_initializer(twin=Uniform, cause=r"list|array|type|return")
class ReturnsList(Uniform):
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.1, high: float = 0.1
    ) -> Any:
        return super().__call__(shape, rng=rng, dtype=dtype, low=low, high=high).tolist()  # no array


@wrong_initializer(twin=Uniform, cause=r"exit|SystemExit|raise")
class Exits(Uniform):
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, low: float = -0.1, high: float = 0.1
    ) -> Any:
        sys.exit(1)  # would end the whole test run
