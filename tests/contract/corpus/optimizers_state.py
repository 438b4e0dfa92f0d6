"""Optimizers that keep, share, save or restore their state wrongly."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .entry import wrong_optimizer
from .twins.optimizers import Adam, Sgd

RESUME = r"state|resum|round.?trip|load|continu|restor"
JOINT = r"joint|together|alone|separate|share|parameter"
GRADIENT = r"grad"


@wrong_optimizer(twin=Sgd, cause=JOINT)
class SgdOneVelocity(Sgd):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if not hasattr(self, "velocities"):
            self.velocities: dict[Any, Any] = {}
        # One for all parameters of a shape.
        shared = self.velocities.setdefault(data.shape, np.zeros_like(data))
        state["velocity"] = shared
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Sgd, cause=r"instance|share|class|two optimizers|another")
class SgdStateOnClass(Sgd):
    velocities: ClassVar[dict[Any, Any]] = {}

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        key = next(i for i, param in enumerate(self.params) if param.data is data)
        velocity = self.velocities.setdefault((key, data.shape, data.dtype), np.zeros_like(data))
        state["velocity"] = velocity  # position and shape are the same in the next instance
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Adam, cause=RESUME + "|step")
class AdamStepLost(Adam):
    t = 0

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if data is self.params[0].data:
            self.t += 1  # counted on the instance, and so not part of the exported state
        state["step"] = self.t - 1
        super().update(data, grad, state, settings)
        del state["step"]


@wrong_optimizer(twin=Adam, cause=RESUME + "|step")
class AdamStepOffByOne(Adam):
    def load_state_dict(self, state: Any) -> None:
        super().load_state_dict(state)
        for entry in (entry for group in self.state for entry in group):
            # Counts from 0 on the way in, from 1 on the way out.
            entry["step"] = max(entry.get("step", 1) - 1, 0)


@wrong_optimizer(twin=Adam, cause=RESUME)
class AdamLoadsNothing(Adam):
    def load_state_dict(self, state: Any) -> None:
        super().load_state_dict(state)
        self.state = [[{} for _ in group] for group in self.state]  # moments begin again at 0


@wrong_optimizer(twin=Sgd, cause=RESUME + "|alias|live|memory|share|copy")
class SgdExportsLiveState(Sgd):
    def state_dict(self) -> dict[str, Any]:
        exported = super().state_dict()
        # The live arrays (pytorch#196083)
        exported["state"] = [entry for group in self.state for entry in group]
        return exported


@wrong_optimizer(twin=Sgd, cause=RESUME + "|alias|live|memory|share|copy")
class SgdAdoptsLoadedState(Sgd):
    def load_state_dict(self, state: Any) -> None:
        super().load_state_dict(state)
        entries = iter(state["state"])
        self.state = [[next(entries) for _ in group] for group in self.state]  # the caller's arrays


@wrong_optimizer(twin=Adam, cause=r"float64|float32|dtype")
class AdamDoubleState(Adam):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        state.setdefault("m", np.zeros(data.shape))  # float64 beside float32 parameters
        state.setdefault("v", np.zeros(data.shape))
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Adam, cause=JOINT + "|step")
class AdamCountsParameters(Adam):
    t = 0

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        self.t += 1  # once per parameter, not once per step
        state["step"] = self.t - 1
        super().update(data, grad, state, settings)
