"""Wrong optimizers of other kinds."""

from __future__ import annotations

from typing import Any

import numpy as np

from .entry import wrong_optimizer
from .twins.optimizers import Adam, BareSgd, Sgd


@wrong_optimizer(twin=BareSgd, cause=r"iterable|generator|second|nothing|params|step")
class KeepsTheIterator(BareSgd):
    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__((), lr)
        self.params = iter(params)  # exhausted after the first step


@wrong_optimizer(twin=BareSgd, cause=r"contiguous|layout|view|strid|chang|updat|copy")
class UpdatesACopy(BareSgd):
    def step(self) -> None:
        for param in self.params:
            if param.grad is not None:
                flat = param.data.reshape(-1)  # a copy, unless the parameter is contiguous
                flat -= self.lr * param.grad.reshape(-1)


@wrong_optimizer(twin=Sgd, cause=r"\blr\b|setting|state|resum|load|learning.rate|restor|round")
class LosesSettings(Sgd):
    def load_state_dict(self, state: Any) -> None:
        settings = {name: getattr(self, name) for name in state["settings"]}
        super().load_state_dict({**state, "settings": settings})  # keeps its own settings


@wrong_optimizer(twin=Sgd, cause=r"load|chang|mutat|modif|state|pop|consum")
class LoadEmptiesTheDict(Sgd):
    def load_state_dict(self, state: Any) -> None:
        super().load_state_dict(state)
        state["state"].clear()  # the caller's dict cannot be loaded again


@wrong_optimizer(twin=Adam, cause=r"state|resum|load|round|precision|float32|continu|restor")
class SavesHalfPrecision(Adam):
    def state_dict(self) -> dict[str, Any]:
        exported = super().state_dict()
        for entry in exported["state"]:
            for key, value in entry.items():
                if isinstance(value, np.ndarray):
                    entry[key] = value.astype(np.float16).astype(value.dtype)  # smaller files
        return exported


@wrong_optimizer(twin=Sgd, cause=r"None|skip|no gradient|last|stale|previous")
class RepeatsLastGradient(Sgd):
    def step(self) -> None:
        for i, param in enumerate(self.params):
            if param.grad is not None:
                self.state[0][i]["last"] = param.grad.copy()
            elif "last" in self.state[0][i]:
                param.grad = self.state[0][i]["last"]  # goes on with what it had
        super().step()


@wrong_optimizer(twin=BareSgd, cause=r"zero|\blr\b|learning.rate|refus|raise")
class RefusesZeroRate(BareSgd):
    @property
    def lr(self) -> float:
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        if value <= 0:
            raise ValueError(f"bare_sgd: lr must be positive, got {value}")  # 0 is allowed
        self._lr = value


@wrong_optimizer(twin=BareSgd, cause=r"zero|chang|\blr\b|learning.rate|clip|project")
class ProjectsParameters(BareSgd):
    def step(self) -> None:
        super().step()
        for param in self.params:
            np.clip(param.data, -1, 1, out=param.data)  # moves values outside [-1, 1] at lr = 0 too


@wrong_optimizer(twin=BareSgd, cause=r"same|object|id|skip|second|step|gradient")
class SkipsSameObject(BareSgd):
    seen: Any = ()

    def step(self) -> None:
        ids = [id(param.grad) for param in self.params]
        if ids == self.seen:
            return  # "no backward since": wrong when gradients are refilled in place
        self.seen = ids
        super().step()


@wrong_optimizer(twin=BareSgd, cause=r"negative|refus|assign|\blr\b|learning.rate")
class ChecksRateOnlyAtFirst(BareSgd):
    def __init__(self, params: Any, lr: float = 0.1) -> None:
        if lr < 0:
            raise ValueError(f"bare_sgd: lr must be at least 0, got {lr}")
        super().__init__(params, lr)

    @property
    def lr(self) -> float:
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        self._lr = value  # not checked when it is assigned later
