"""Initializers whose draws are distributed otherwise than those of their reference."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core.testing import references

from ..pair import breaks
from .right import He, Orthogonal, Padded, Signs, Sparse, Truncated


def signs(shape: Any, *, rng: Any, gain: float = 1.0) -> Any:
    """Return what `Signs` draws."""
    return Signs()(shape, rng=rng, dtype=np.float64, gain=gain)


def truncated(shape: Any, *, rng: Any, gain: float = 1.0) -> Any:
    """Return what `Truncated` draws."""
    return Truncated()(shape, rng=rng, dtype=np.float64, gain=gain)


def orthogonal(shape: Any, *, rng: Any) -> Any:
    """Return an orthogonal matrix."""
    return references.orthogonal(shape, rng=rng)


@breaks("reference", "another-distribution", reference=references.kaiming_normal)
class UniformForNormal(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return rng.uniform(-1, 1, shape) * 3**0.5


@breaks("reference", "another-distribution", reference=references.kaiming_normal)
class BesideTheMiddle(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return super().drawn(shape, rng) + 0.1


@breaks("reference", "another-distribution", reference=references.kaiming_normal)
class GainOfTheVariance(He):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return super().__call__(shape, rng=rng, dtype=dtype, gain=gain**0.5)


@breaks("reference", "another-distribution", reference=references.kaiming_normal)
class GainByAnotherPower(He):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return super().__call__(shape, rng=rng, dtype=dtype, gain=gain**1.01)


@breaks("reference", "another-distribution", reference=references.kaiming_normal)
class NoGainForKernels(He):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        gain = 1.0 if len(shape) > 2 else gain
        return super().__call__(shape, rng=rng, dtype=dtype, gain=gain)


@breaks("reference", "another-distribution", reference=references.kaiming_normal)
class AnotherRuleAtFanOne(He):
    def std(self, fan_in: int, fan_out: int) -> float:
        return super().std(fan_in, fan_out) if fan_in > 1 else 1.0


@breaks("reference", "another-distribution", reference=references.kaiming_normal)
class SignsByColumn(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return np.abs(rng.standard_normal(shape)) * rng.choice([-1.0, 1.0], shape[-1:])


@breaks("reference", "another-distribution", reference=signs)
class AnUnfairCoin(Signs):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return np.where(rng.random(shape) < 0.45, -1.0, 1.0)


@breaks("reference", "another-distribution", reference=truncated)
class Clips(Truncated):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return np.clip(rng.standard_normal(shape), -2, 2) / 0.959


@breaks("reference", "another-distribution", reference=truncated)
class DrawsAgainOnce(Truncated):
    def drawn(self, shape: Any, rng: Any) -> Any:
        drawn, again = (rng.standard_normal(shape) for _ in range(2))
        return np.where(np.abs(drawn) > 2, again, drawn) / 0.8864


@breaks("reference", "another-distribution", reference=Padded())
class WidensAlongAKernel(Padded):
    def drawn(self, shape: Any, rng: Any) -> Any:
        drawn = super().drawn(shape, rng)
        return drawn * np.linspace(0.7, 1.2, shape[2])[:, None] if len(shape) == 4 else drawn


@breaks("reference", "another-distribution", reference=orthogonal)
class SignsOfTheLibrary(Orthogonal):
    def drawn(self, rows: int, columns: int, rng: Any) -> Any:
        q, _ = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        return q if rows >= columns else q.T


@breaks("reference", "another-distribution", reference=orthogonal)
class ReshapesWideOnes(Orthogonal):
    def drawn(self, rows: int, columns: int, rng: Any) -> Any:
        return super().drawn(max(rows, columns), min(rows, columns), rng)


@breaks("reference", "another-distribution", reference=orthogonal)
class OnlyUnitVectors(Orthogonal):
    def drawn(self, rows: int, columns: int, rng: Any) -> Any:
        drawn = rng.standard_normal((rows, columns))
        return drawn / np.sqrt(np.sum(drawn**2, axis=0 if rows >= columns else 1, keepdims=True))


def keep_one_in_five(shape: Any, *, rng: Any) -> Any:
    """Return normal values; of each column exactly one in five, rounded up, is not zero."""
    order = rng.random(shape).reshape(shape[0], -1).argsort(axis=0).argsort(axis=0)
    return rng.standard_normal(shape) * (order < -(-shape[0] // 5)).reshape(shape)


class OneInFive(Sparse):
    def draw_mask(self, shape: Any, rng: Any) -> Any:
        return keep_one_in_five(shape, rng=rng) != 0 if shape else True

    def std(self, fan_in: int, fan_out: int) -> Any:
        return None


@breaks("reference", "another-distribution", reference=keep_one_in_five)
class OneInFiveOnAverage(OneInFive):
    def draw_mask(self, shape: Any, rng: Any) -> Any:
        return rng.random(shape) < -(-shape[0] // 5) / shape[0] if shape and shape[0] else True
