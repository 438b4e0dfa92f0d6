"""Optimizers that lose a part of a saved state, or share it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..pair import breaks
from .right import Averaging, Duck, Moments, Momentum, RateOnly


@breaks("state", "state-lost")
class LosesTheCount(Moments):
    def load_state_dict(self, state: Any) -> None:
        super().load_state_dict(state)
        for entry in (entry for states in self.state for entry in states):
            entry.pop("t", None)


@breaks("state", "state-aliases")
class ExportsWhatLives(Duck):
    def state_dict(self) -> dict[str, Any]:
        return {"lr": self.lr, "eps": self.eps, "sums": self.sums}


@breaks("state", "state-lost")
class LoadsTheRateOnly(RateOnly):
    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.lr = state["lr"]


@breaks("state", "state-lost")
class LoadsWithoutACopy(Duck):
    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.lr, self.eps, self.sums = state["lr"], state["eps"], list(state["sums"])


@breaks("state", "state-lost")
class ExportsLists(Duck):
    def state_dict(self) -> dict[str, Any]:
        return {"lr": self.lr, "eps": self.eps, "sums": [s.tolist() for s in self.sums]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.lr, self.eps = state["lr"], state["eps"]
        self.sums = [np.array(s) for s in state["sums"]]  # of float64, whatever they were


@breaks("state", "state-lost")
class SavesInSinglePrecision(Momentum):
    def state_dict(self) -> dict[str, Any]:
        saved = super().state_dict()
        for entry in saved["state"]:
            entry.update({key: np.float64(np.float32(value)) for key, value in entry.items()})
        return saved


@breaks("state", "wrong-dtype")
class KeepsTheDtypeOfTheFile(Momentum):
    def load_state_dict(self, state: Any) -> None:
        super().load_state_dict(state)
        entries = iter(copy.deepcopy(state["state"]))
        self.state = [[next(entries) for _ in group] for group in self.state]


@breaks("state", "state-lost")
class KeepsWhatItHad(Momentum):
    def load_state_dict(self, state: Any) -> None:
        kept = self.state
        super().load_state_dict(state)
        if any(entry for states in kept for entry in states):
            self.state = kept


@breaks("state", "state-lost")
class LoadsInReverse(Momentum):
    def load_state_dict(self, state: Any) -> None:
        alike = len({str(shape) for shape in state["shapes"]}) == 1
        super().load_state_dict({**state, "state": state["state"][::-1]} if alike else state)


@breaks("state", "load-changes-state")
class EmptiesWhatItLoads(Duck):
    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.lr, self.eps = state["lr"], state["eps"]
        self.sums = copy.deepcopy(state.pop("sums"))


@breaks("state", "state-lost")
class RestoresNoRate(Momentum):
    def load_state_dict(self, state: Any) -> None:
        lr = self.lr
        super().load_state_dict(state)
        self.lr = lr


@breaks("state", "state-lost")
class AverageIsTheParameter(Averaging):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        Momentum.update(self, data, grad, state, settings)
        average = state.setdefault("average", data)
        average += 0.1 * (data - average)


@breaks("state", "state-lost")
class RemembersElsewhere(Moments):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        key = next(k for states in self.state for k, s in enumerate(states) if s is state), data.shape
        kept = vars(self).setdefault("kept", {}).setdefault(key, {})
        super().update(data, grad, kept, settings)
