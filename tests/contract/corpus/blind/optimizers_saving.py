"""What is saved and loaded, and what is kept."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..entry import wrong_optimizer
from .twins_optimizers import Momentum, PlainAdam, PlainSGD, Rprop2


@wrong_optimizer(twin=Momentum, cause=r"load")
class LoadsReversed(Momentum):
    # loads the state in reverse order of parameters
    def load_state_dict(self, state: Any) -> None:
        super().load_state_dict(
            {**state, "state": state["state"][::-1]}
            if len({str(sorted((k, np.shape(v)) for k, v in s.items())) for s in state["state"]}) == 1
            else state
        )


@wrong_optimizer(twin=Momentum, cause=r"save|load")
class DumpResets(Momentum):
    # state_dict resets the run (moves the state out)
    def state_dict(self) -> Any:
        out = super().state_dict()
        self.state = [[{} for _ in params] for params, _ in self.groups]
        return out


@wrong_optimizer(twin=Momentum, cause=r"save|load")
class HalfDump(Momentum):
    # velocity in state saved as list (loses precision as float16)
    def state_dict(self) -> Any:
        out = super().state_dict()
        for s in out["state"]:
            for k in s:
                s[k] = s[k].astype(np.float16).astype(s[k].dtype)
        return out


@wrong_optimizer(twin=Momentum, cause=r"save|load")
class IdState(Momentum):
    # state keyed by id(data): lost in the state dict
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad = grad + settings["weight_decay"] * data
        table = vars(self).setdefault("table", {})
        v = table.setdefault(id(data), np.zeros_like(data))
        v *= settings["momentum"]
        v += grad
        data -= settings["lr"] * v


@wrong_optimizer(twin=PlainSGD, cause=r"save|load")
class PlainIds(PlainSGD):
    # state_dict keyed by id(p)
    def state_dict(self) -> Any:
        return {
            "lr": self.lr,
            "momentum": self.momentum,
            "velocity": {id(p): v.copy() for p, v in zip(self.params, self.velocity, strict=True)},
        }

    def load_state_dict(self, state: Any) -> None:
        self.lr, self.momentum = state["lr"], state["momentum"]
        for i, p in enumerate(self.params):
            if id(p) in state["velocity"]:
                self.velocity[i] = state["velocity"][id(p)].copy()


@wrong_optimizer(twin=PlainSGD, cause=r"save|load")
class PlainNoState(PlainSGD):
    # load does nothing, and state_dict is empty
    def state_dict(self) -> Any:
        return {}

    def load_state_dict(self, state: Any) -> None:
        pass


@wrong_optimizer(twin=PlainAdam, cause=r"copy it")
class PlainAdamShallow(PlainAdam):
    # state shallow-copied
    def state_dict(self) -> Any:
        return {k: copy.copy(v) for k, v in self.__dict__.items() if k != "params"}


@wrong_optimizer(twin=PlainAdam, cause=r"save|load")
class PlainAdamCount(PlainAdam):
    # count not restored
    def load_state_dict(self, state: Any) -> None:
        super().load_state_dict(state)
        for s in self.state:
            s["t"] = 0


@wrong_optimizer(twin=Rprop2, cause=r"save|load")
class RpropAside(Rprop2):
    # sizes not in the state dict (kept aside)
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        aside = vars(self).setdefault("aside", {})
        key = len(state) and state["k"]
        if not state:
            key = state["k"] = len(aside) + 1
            aside[key] = {}
        super().update(data, grad, aside.setdefault(key, {}), settings)


@wrong_optimizer(twin=PlainSGD, cause=r"restore")
class PlainNoRate(PlainSGD):
    # lr not saved
    def load_state_dict(self, state: Any) -> None:
        self.velocity = [v.copy() for v in state["velocity"]]
        self.momentum = state["momentum"]


@wrong_optimizer(twin=Momentum, cause=r"gradient is kept")
class KeepsLast(Momentum):
    # keeps the last gradient by reference
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        last = state.get("last", np.zeros_like(data))
        data -= settings["lr"] * (grad + settings["momentum"] * last + settings["weight_decay"] * data)
        state["last"] = grad
