"""Initializers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad_core import Initializer
from minigrad_core.contracts.initializer import fans

from ..entry import wrong_initializer


class LecunUniform:
    name = "lecun_uniform"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        a = math.sqrt(3 / max(fans(shape)[0], 1))
        return rng.uniform(-a, a, size=shape).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return fan_in**-0.5


class KaimingLeaky(Initializer):
    name = "kaiming_leaky"

    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, slope: Any = 0.2, mode: Any = "fan_in"
    ) -> Any:
        fan_in, fan_out = fans(shape)
        fan = fan_in if mode == "fan_in" else fan_out
        gain2 = 2 / (1 + slope * slope)
        return rng.normal(0.0, math.sqrt(gain2 / max(fan, 1)), shape).astype(dtype, copy=False)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(2 / (1 + 0.2**2) / fan_in)


@wrong_initializer(twin=KaimingLeaky, cause=r"standard deviation")
class KaimingSlopeUnsq(KaimingLeaky):
    # slope for its square
    def __call__(
        self, shape: Any, *, rng: Any, dtype: Any = np.float32, slope: Any = 0.2, mode: Any = "fan_in"
    ) -> Any:
        fan_in, fan_out = fans(shape)
        fan = fan_in if mode == "fan_in" else fan_out
        gain2 = 2 / (1 + slope)
        return rng.normal(0.0, math.sqrt(gain2 / max(fan, 1)), shape).astype(dtype, copy=False)


class KaimingConv:
    """He's uniform, its own fans (same convention)."""

    name = "he_uniform"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if len(shape) == 2:
            fan_in = shape[0]
        elif len(shape) > 2:
            fan_in = math.prod(shape[1:])
        else:
            fan_in = math.prod(shape)
        lim = math.sqrt(6 / max(fan_in, 1))
        return ((2 * rng.random(shape) - 1) * lim).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(2 / fan_in)


@wrong_initializer(twin=KaimingConv, cause=r"layout")
class HeKerasLayout(KaimingConv):
    # (..., in, out) is taken for the layout
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        if len(shape) == 2:
            fan_in = shape[0]
        elif len(shape) > 2:
            fan_in = math.prod(shape[:-1])
        else:
            fan_in = math.prod(shape)
        lim = math.sqrt(6 / max(fan_in, 1))
        return ((2 * rng.random(shape) - 1) * lim).astype(dtype)


class Siren(Initializer):
    name = "siren"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, omega: Any = 30.0) -> Any:
        n = max(fans(shape)[0], 1)
        a = math.sqrt(6 / n) / omega
        out = rng.uniform(-1, 1, shape)
        out = np.multiply(out, a)
        return np.array(out, dtype=dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return math.sqrt(2 / fan_in) / 30


@wrong_initializer(twin=Siren, cause=r"fan in 1")
class SirenFirstLayer(Siren):
    # another rule for a fan of 1
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, omega: Any = 30.0) -> Any:
        n = max(fans(shape)[0], 1)
        a = math.sqrt(6 / n) / omega
        out = rng.uniform(-1, 1, shape)
        out = np.multiply(out, a if n != 1 else 1.0) if shape != () else np.multiply(out, 1 / n)
        return np.array(out, dtype=dtype)


class BlockGates(Initializer):
    """Four gates side by side in the last axis, each drawn on its own, for recurrent weights (in, 4 out)."""

    name = "gates"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in = max(fans(shape)[0], 1)
        x = rng.standard_normal(shape)
        return (x / math.sqrt(fan_in)).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return 1 / math.sqrt(fan_in)


@wrong_initializer(twin=BlockGates, cause=r"repeat")
class GatesSame(BlockGates):
    # a quarter is drawn and repeated
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        fan_in = max(fans(shape)[0], 1)
        x = np.resize(
            rng.standard_normal((*shape[:-1], max(shape[-1] // 4, 1))) if shape else rng.standard_normal(),
            shape,
        )
        return (x / math.sqrt(fan_in)).astype(dtype)


class Spawning(Initializer):
    name = "halves"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        child = np.random.default_rng(rng.integers(2**63))
        return (child.standard_normal(shape) * 0.01).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return 0.01


@wrong_initializer(twin=Spawning, cause=r"seed|rng")
class ChildHashShape(Spawning):
    # a seed from the shape
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        child = np.random.default_rng(abs(hash(shape)) % 2**32)
        return (child.standard_normal(shape) * 0.01).astype(dtype)


class Signs(Initializer):
    name = "signs"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        s = rng.integers(0, 2, size=shape) * 2 - 1
        return np.asarray(s / math.sqrt(max(fans(shape)[0], 1)), dtype=dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return fan_in**-0.5


@wrong_initializer(twin=Signs, cause=r"are 0")
class SignsOfThree(Signs):
    # three values for two
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        s = rng.integers(-1, 2, size=shape)
        return np.asarray(s / math.sqrt(max(fans(shape)[0], 1)), dtype=dtype)
