"""Initializers that return something else than what was asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core.contracts import fans

from ..pair import breaks
from .right import He, Sparse


@breaks("shape_and_type", "wrong-shape")
class Transposes(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return rng.standard_normal(shape[::-1])


@breaks("shape_and_type", "not-an-array")
class ReturnsANumber(He):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        drawn = super().__call__(shape, rng=rng, dtype=dtype, gain=gain)
        return drawn if shape else float(drawn)


@breaks("shape_and_type", "initializer-raises")
class FailsAtEmptyFans(He):
    def std(self, fan_in: int, fan_out: int) -> float:
        return float((2 / fan_in) ** 0.5)


@breaks("shape_and_type", "wrong-dtype")
class AlwaysDouble(He):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        return np.asarray(gain * self.drawn(shape, rng) * self.std(*fans(shape)))


@breaks("shape_and_type", "wrong-dtype")
class DoubleByDefault(He):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float64, gain: float = 1.0) -> Any:
        return super().__call__(shape, rng=rng, dtype=dtype, gain=gain)


@breaks("shape_and_type", "shared-memory")
class ReturnsWhatItReturned(He):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        kept = vars(self).setdefault("kept", {})
        key = shape, np.dtype(dtype)
        if key not in kept:
            kept[key] = super().__call__(shape, rng=rng, dtype=dtype, gain=gain)
        return kept[key]


@breaks("shape_and_type", "shared-memory")
class RepeatsOneRow(He):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        row = super().__call__(shape[-1:], rng=rng, dtype=dtype, gain=gain)
        view = np.broadcast_to(row, shape)
        view.flags.writeable = True
        return view


@breaks("shape_and_type", "read-only")
class ReturnsAFrozenArray(He):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, gain: float = 1.0) -> Any:
        drawn = super().__call__(shape, rng=rng, dtype=dtype, gain=gain)
        drawn.flags.writeable = False
        return drawn


@breaks("shape_and_type", "not-finite")
class TakesTheLogarithmOfZero(Sparse):
    def draw_mask(self, shape: Any, rng: Any) -> Any:
        with np.errstate(divide="ignore"):
            return np.log(super().draw_mask(shape, rng))


@breaks("shape_and_type", "swallows-settings")
class SwallowsSettings(Sparse):
    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, **_: Any) -> Any:
        return super().__call__(shape, rng=rng, dtype=dtype)
