"""Optimizers whose state or steps have another dtype or precision than the parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..pair import breaks
from .right import Moments, Momentum


@breaks("type", "wrong-dtype")
class KeepsDoubleState(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        state.setdefault("v", np.zeros(data.shape))
        super().update(data, grad, state, settings)


@breaks("type", "imprecise")
class RoundsTheGradient(Moments):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad.astype(np.float32).astype(data.dtype), state, settings)


@breaks("type", "depends-on-dtype")
class AnotherRateInSingle(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        factor = 1.0 if data.dtype == np.float64 else 0.5
        super().update(data, factor * grad, state, settings)
