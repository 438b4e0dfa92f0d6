"""Optimizers that do not change the arrays that they are given."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from minigrad_core.errors import GradientError

from ..pair import breaks
from .right import Duck, Moments, Momentum, Trusting


@breaks("in_place", "replaces-data")
class Replaces(Duck):
    def step(self) -> None:
        for p, s in zip(self.params, self.sums, strict=True):
            if p.grad is not None:
                s += p.grad**2
                p.data = p.data - self.lr * p.grad / (np.sqrt(s) + self.eps)


@breaks("in_place", "no-update")
class KeepsAnIterator(Duck):
    def __init__(self, params: Any, lr: float = 0.1, eps: float = 1e-8) -> None:
        params = list(params)
        super().__init__(params, lr, eps)
        self.left = iter(params)

    def step(self) -> None:
        for p in self.left:  # used up by the first step
            if p.grad is not None:
                p.data -= self.lr * p.grad / (np.abs(p.grad) + self.eps)


@breaks("in_place", "no-update")
class StopsAfterAWhile(Moments):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if state.get("t", 0) < 4:
            super().update(data, grad, state, settings)


@breaks("in_place", "no-update")
class HoldsZeros(Trusting):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        length, size = (float(np.sqrt(np.sum(x * x))) for x in (data, grad))
        data -= settings["lr"] * length / (size or 1.0) * grad  # of zeros the length is 0


@breaks("in_place", "not-finite")
class DividesByZero(Moments):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        m = state["m"] = b1 * state.get("m", np.zeros_like(data)) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", np.zeros_like(data)) + (1 - b2) * grad**2
        data -= settings["lr"] * m / np.sqrt(v)


@breaks("in_place", "step-raises")
class FailsWhereNothingIs(Moments):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad / max(1.0, np.abs(grad).max() / 1e6), state, settings)  # of an empty one


@breaks("in_place", "version-kept")
class LetsStaleGraphsPass(Momentum):
    def step(self) -> None:
        before = self.params[-1].version
        super().step()
        self.params[-1].version = before


@breaks("in_place", "silent-step")
class StepsInSilence(Momentum):
    def step(self) -> None:
        with suppress(GradientError):
            super().step()
