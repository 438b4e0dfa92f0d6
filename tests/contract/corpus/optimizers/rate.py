"""Optimizers that do not read their rate or settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from minigrad_core import Optimizer

from ..pair import breaks
from .right import Duck, Moments, Momentum


@breaks("rate", "moves-at-zero")
class DecaysWithoutTheRate(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data *= 1 - 0.1 * settings["decay"]
        super().update(data, grad, state, {**settings, "decay": 0.0})


@breaks("rate", "setting-not-read")
class KeepsTheFirstRate(Momentum):
    def __init__(self, params: Any, lr: float = 0.1, *, momentum: float = 0.9, decay: float = 0.01) -> None:
        super().__init__(params, lr=lr, momentum=momentum, decay=decay)
        self.first = lr

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "lr": self.first})


@breaks("rate", "setting-without-effect")
class KeepsTheRateOfTheFirstStep(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        lr = state.setdefault("lr", settings["lr"])
        super().update(data, grad, state, {**settings, "lr": lr})


@breaks("rate", "setting-without-effect")
class KeepsTheFirstMomentum(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        momentum = state.setdefault("momentum", settings["momentum"])
        super().update(data, grad, state, {**settings, "momentum": momentum})


class Accumulating(Optimizer):
    """A sum of gradients that begins with a value that a setting has, and says so."""

    name = "accumulating"
    initial: ClassVar[Sequence[str]] = ("start",)

    def __init__(self, params: Any, lr: float = 0.1, *, start: float = 0.0) -> None:
        super().__init__(params, lr=lr, start=start)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        total = state.setdefault("total", np.full_like(data, settings["start"]))
        total += grad
        data -= settings["lr"] * total


@breaks("rate", "setting-without-effect")
class DoesNotSayWhatIsInitial(Accumulating):
    initial = ()


@breaks("rate", "setting-without-effect")
class HardCodesABeta(Moments):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "betas": (settings["betas"][0], 0.99)})


@breaks("rate", "setting-not-read")
class ForgetsWhenARateIsAssigned(Moments):
    @property
    def lr(self) -> float:
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        if value < 0:
            raise ValueError("lr must be at least 0")
        self._lr = value
        self.state = [[{} for _ in group] for group in getattr(self, "state", [])]


@breaks("rate", "setting-not-read")
class HidesASetting(Duck):
    def __init__(self, params: Any, lr: float = 0.1, eps: float = 1e-8) -> None:
        super().__init__(params, lr, eps)
        self._eps = self.__dict__.pop("eps")

    def step(self) -> None:
        for p, s in zip(self.params, self.sums, strict=True):
            if p.grad is not None:
                s += p.grad**2
                p.data -= self.lr * p.grad / (np.sqrt(s) + self._eps)

    def state_dict(self) -> dict[str, Any]:
        return {"lr": self.lr, "sums": [s.copy() for s in self.sums]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.lr, self.sums = state["lr"], [s.copy() for s in state["sums"]]


@breaks("rate", "accepts-negative-rate")
class AcceptsANegativeRate(Duck):
    def __init__(self, params: Any, lr: float = 0.1, eps: float = 1e-8) -> None:
        super().__init__(params, abs(lr), eps)
        self.lr = lr


@breaks("rate", "constructor-raises")
class RefusesARateOfZero(Duck):
    def __init__(self, params: Any, lr: float = 0.1, eps: float = 1e-8) -> None:
        super().__init__(params, lr, eps)
        if not lr:
            raise ValueError("lr must be positive")


@breaks("rate", "swallows-settings")
class SwallowsSettings(Duck):
    def __init__(self, params: Any, lr: float = 0.1, eps: float = 1e-8, **_: Any) -> None:
        super().__init__(params, lr, eps)
