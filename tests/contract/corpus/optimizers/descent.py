"""Optimizers that go up."""

from __future__ import annotations

from typing import Any

from ..pair import breaks
from .right import Moments, Momentum


@breaks("descent", "ascends")
class GoesUp(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, -grad, state, settings)


@breaks("descent", "ascends")
class GoesUpWithDecay(Moments):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, -grad if settings["decay"] else grad, state, settings)
