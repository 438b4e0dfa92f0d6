"""Which fan, and how much of it."""

from __future__ import annotations

import math
from typing import Any

from minigrad_core.contracts import fans

from ..entry import wrong_initializer
from .twins_initializers import GlorotUniform, He


@wrong_initializer(twin=He, cause=r"swapped")
class HeFanOut(He):
    # fan_out for fan_in
    def scale(self, shape: Any) -> Any:
        return math.sqrt(2 / max(fans(shape)[1], 1))


@wrong_initializer(twin=He, cause=r"variance was taken")
class HeVariance(He):
    # variance used as standard deviation
    def scale(self, shape: Any) -> Any:
        return 2 / max(fans(shape)[0], 1)


@wrong_initializer(twin=He, cause=r"receptive field is ignored")
class HeField(He):
    # receptive field ignored
    def scale(self, shape: Any) -> Any:
        fan = shape[1] if len(shape) > 2 else fans(shape)[0]
        return math.sqrt(2 / max(fan, 1))


@wrong_initializer(twin=He, cause=r"right for matrices: the fans are swapped")
class HeConvOut(He):
    # convolution's channels swapped: out * field
    def scale(self, shape: Any) -> Any:
        fan = fans(shape)[1] if len(shape) > 2 else fans(shape)[0]
        return math.sqrt(2 / max(fan, 1))


@wrong_initializer(twin=He, cause=r"layout")
class HeKeras(He):
    # Keras' layout: fan_in = prod(shape[:-1])
    def scale(self, shape: Any) -> Any:
        return math.sqrt(2 / max(math.prod(shape[:-1]), 1)) if len(shape) > 1 else He.scale(self, shape)


@wrong_initializer(twin=He, cause=r"one axis of the receptive")
class HeOneAxis(He):
    # only one kernel axis counted (1-d and square kernels)
    def scale(self, shape: Any) -> Any:
        if len(shape) > 2:
            return math.sqrt(2 / max(shape[1] * shape[2], 1))
        return He.scale(self, shape)


@wrong_initializer(twin=He, cause=r"variance is claimed")
class HeClaim(He):
    # std claims the variance
    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return 2 / fan_in


@wrong_initializer(twin=He, cause=r"swapped")
class HeClaimOut(He):
    # std claims with fan_out
    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(2 / fan_out)


@wrong_initializer(twin=He, cause=r"deviation")
class HeCapped(He):
    # fan capped at 256
    def scale(self, shape: Any) -> Any:
        return math.sqrt(2 / min(max(fans(shape)[0], 1), 256))


@wrong_initializer(twin=He, cause=r"fan in 6")
class HeSmall(He):
    # falls back to 0.01 for small fans (< 16)
    def scale(self, shape: Any) -> Any:
        fan = fans(shape)[0]
        return 0.01 if fan < 16 else math.sqrt(2 / fan)


@wrong_initializer(twin=GlorotUniform, cause=r"root of 3")
class GlorotBound(GlorotUniform):
    # bound is the standard deviation (sqrt 3 missing)
    def bound(self, a: Any, b: Any) -> Any:
        return math.sqrt(2 / max(a + b, 1))


@wrong_initializer(twin=GlorotUniform, cause=r"fan in is used")
class GlorotIn(GlorotUniform):
    # 6 / fan_in
    def bound(self, a: Any, b: Any) -> Any:
        return math.sqrt(6 / max(2 * a, 1))


@wrong_initializer(twin=GlorotUniform, cause=r"factor 2")
class GlorotMean(GlorotUniform):
    # mean of the fans: sqrt(6 / ((in + out) / 2))
    def bound(self, a: Any, b: Any) -> Any:
        return math.sqrt(12 / max(a + b, 1))


@wrong_initializer(twin=GlorotUniform, cause=r"geometric")
class GlorotProduct(GlorotUniform):
    # product of the fans
    def bound(self, a: Any, b: Any) -> Any:
        return math.sqrt(3 / max(math.sqrt(a * b), 1))
