"""Optimizers that go up."""

from __future__ import annotations

from typing import Any

from ..pair import breaks
from .right import Duck, Moments, Momentum


@breaks("descent", "ascends")
class GoesUp(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, -grad, state, settings)


@breaks("descent", "ascends")
class GoesUpWithDecay(Moments):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, -grad if settings["decay"] else grad, state, settings)


@breaks("descent", "ascends")
class GoesUpAlone(Duck):
    def step(self) -> None:
        for p in self.params:
            p.grad = None if p.grad is None else -p.grad
        super().step()
        for p in self.params:
            p.grad = None if p.grad is None else -p.grad
