"""One run of an optimizer: with which settings, parameters and gradients."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...parameter import Parameter
from .parameters import SHAPES, Shapes, gradients, starts

RATE = 0.0371  # nobody's default, and no number that float32 holds
STEPS, FEW, MANY = 6, 4, 12


@dataclass(frozen=True, eq=False)
class Run:
    """One run: how the optimizer is made, and what is assigned to it on the way."""

    told: str = ""  # what is special about it, for a message: " with eps=0.01"
    settings: dict[str, Any] = field(default_factory=lambda: {"lr": RATE})
    assigned: dict[int, dict[str, Any]] = field(default_factory=dict)  # before a step, by the step
    shapes: Shapes = SHAPES
    steps: int = STEPS
    dtype: Any = np.float64
    seed: int = 0

    def params(self) -> list[Parameter]:
        """Return new parameters, the same at each call."""
        return [Parameter(start.astype(self.dtype)) for start in starts(self.shapes, self.seed)]

    def grads(self, step: int) -> list[NDArray[Any] | None]:
        """Return new gradients of a step, the same at each call; None for a parameter without one."""
        drawn = gradients(self.shapes, step, self.seed)
        return [None if g is None else g.astype(self.dtype) for g in drawn]

    @property
    def middle(self) -> int:
        """The step before which a run is interrupted."""
        return self.steps // 2

    def settings_at(self, step: int, defaults: Mapping[str, Any]) -> dict[str, Any]:
        """Return all settings that hold at a step."""
        now = {**defaults, **self.settings}
        for before, values in self.assigned.items():
            if before <= step:
                now |= values
        return now


def told(settings: Mapping[str, Any]) -> str:
    """Return settings as they are written in a call."""
    return ", ".join(f"{name}={value!r}" for name, value in settings.items())


def changed(plain: Run, settings: Mapping[str, Any]) -> Run:
    """Return a run with other settings."""
    if not settings:
        return plain
    return replace(plain, settings={**plain.settings, **settings}, told=f" with {told(settings)}")
