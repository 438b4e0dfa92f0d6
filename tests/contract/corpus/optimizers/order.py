"""Optimizers in which parameters do not move as each would alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..pair import breaks
from .right import Duck, Moments, Momentum


@breaks("order", "parameters-interfere")
class CountsForAll(Moments):
    def __init__(
        self, params: Any, lr: float = 0.1, *, betas: Any = (0.9, 0.99), eps: float = 1e-8, decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, betas=betas, eps=eps, decay=decay)
        self.t = 0

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        state["t"] = self.t
        super().update(data, grad, state, settings)
        self.t = state["t"]


@breaks("order", "parameters-interfere")
class CountsStepsWithoutGradient(Moments):
    def step(self) -> None:
        super().step()
        for param, state in zip(self.params, (s for states in self.state for s in states), strict=True):
            if param.grad is None:
                state["t"] = state.get("t", 0) + 1


@breaks("order", "parameters-interfere")
class TakesNoneForZero(Momentum):
    def step(self) -> None:
        missing = [p for p in self.params if p.grad is None]
        missing = missing if len(missing) < len(self.params) else []
        for p in missing:
            p.grad = np.zeros_like(p.data)
        super().step()
        for p in missing:
            p.grad = None


@breaks("order", "parameters-interfere")
class StopsAtNone(Duck):
    def step(self) -> None:
        for p, s in zip(self.params, self.sums, strict=True):
            if p.grad is None:
                return
            s += p.grad**2
            p.data -= self.lr * p.grad / (np.sqrt(s) + self.eps)


@breaks("order", "parameters-interfere")
class CountsOffStates(Duck):
    def step(self) -> None:
        present = [p for p in self.params if p.grad is not None]
        for p, s in zip(present, self.sums, strict=False):
            s.flat[: p.grad.size] += np.resize(p.grad**2, s.size)[: p.grad.size]
            p.data -= self.lr * p.grad / (np.sqrt(np.resize(s, p.data.shape)) + self.eps)


@breaks("order", "parameters-interfere")
class SharesByShape(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        shared = vars(self).setdefault("shared", {})
        state.setdefault("v", shared.setdefault(data.shape, np.zeros_like(data)))
        super().update(data, grad, state, settings)


@breaks("order", "parameters-interfere")
class ClipsTheNormOfAll(Momentum):
    def step(self) -> None:
        grads = [p.grad for p in self.params]
        norm = np.sqrt(sum(float(np.sum(g**2)) for g in grads if g is not None))
        for p, g in zip(self.params, grads, strict=True):
            p.grad = None if g is None else g / max(1.0, norm)
        super().step()
        for p, g in zip(self.params, grads, strict=True):
            p.grad = g


@breaks("order", "groups-ignored")
class IgnoresOverrides(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "momentum": vars(self)["momentum"]})


@breaks("order", "groups-ignored")
class AppliesTheFirstGroupToAll(Momentum):
    def step(self) -> None:
        overrides = self.groups[0][1]
        kept = self.groups
        self.groups = [(params, overrides) for params, _ in kept]
        super().step()
        self.groups = kept


@breaks("order", "grad-not-none")
class EmptiesTheFirstGroup(Momentum):
    def zero_grad(self) -> None:
        for p in self.groups[0][0]:
            p.grad = None


@breaks("order", "groups-ignored")
class RestoresNoOverrides(Momentum):
    def load_state_dict(self, state: Any) -> None:
        groups = self.groups
        super().load_state_dict(state)
        self.groups = groups
