"""Bias correction."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..entry import wrong_optimizer
from .twins_optimizers import Adam2


@wrong_optimizer(twin=Adam2, cause=r"second moment that is not corrected")
class AdamNoV(Adam2):
    # no correction of v
    def move(self, data: Any, m: Any, v: Any, t: Any, settings: Any) -> None:
        b1, _b2 = settings["betas"]
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(v) + settings["eps"])


@wrong_optimizer(twin=Adam2, cause=r"first moment that is not corrected")
class AdamNoM(Adam2):
    # no correction of m
    def move(self, data: Any, m: Any, v: Any, t: Any, settings: Any) -> None:
        _b1, b2 = settings["betas"]
        data -= settings["lr"] * m / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=Adam2, cause=r"one ahead")
class AdamPlus(Adam2):
    # correction off by one (t + 1)
    def move(self, data: Any, m: Any, v: Any, t: Any, settings: Any) -> None:
        super().move(data, m, v, t + 1, settings)


@wrong_optimizer(twin=Adam2, cause=r"one ahead")
class AdamCounter(Adam2):
    # counter starts at construction: t = 1 before the first step
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if not state:
            state.update(t=1, m=np.zeros_like(data), v=np.zeros_like(data))
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Adam2, cause=r"exchanged betas")
class AdamBetas(Adam2):
    # the betas are exchanged in the correction
    def move(self, data: Any, m: Any, v: Any, t: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        data -= settings["lr"] * (m / (1 - b2**t)) / (np.sqrt(v / (1 - b1**t)) + settings["eps"])


@wrong_optimizer(twin=Adam2, cause=r"square root")
class AdamNoRoot(Adam2):
    # the square root forgotten
    def move(self, data: Any, m: Any, v: Any, t: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        data -= settings["lr"] * (m / (1 - b1**t)) / (v / (1 - b2**t) + settings["eps"])


@wrong_optimizer(twin=Adam2, cause=r"count")
class AdamShared(Adam2):
    # step count shared by the parameters of an instance
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        self.t = getattr(self, "t", 0) + 1
        super().update(data, grad, state, settings)

    def move(self, data: Any, m: Any, v: Any, t: Any, settings: Any) -> None:
        super().move(data, m, v, self.t, settings)


@wrong_optimizer(twin=Adam2, cause=r"save|load")
class AdamNoCount(Adam2):
    # step count lost in the state dict
    def state_dict(self) -> Any:
        out = super().state_dict()
        for s in out["state"]:
            if "t" in s:
                s["t"] = 0
        return out


@wrong_optimizer(twin=Adam2, cause=r"NaN")
class AdamNoEps(Adam2):
    # eps ignored: NaN for a zero gradient
    def move(self, data: Any, m: Any, v: Any, t: Any, settings: Any) -> None:
        super().move(data, m, v, t, {**settings, "eps": 0.0})
