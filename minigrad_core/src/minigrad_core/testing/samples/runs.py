"""One run of an optimizer, and what it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ...parameter import Parameter
from .parameters import SHAPES, Shapes, gradients, starts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Places: TypeAlias = "list[list[NDArray[Any]]]"

RATE = 0.0371  # nobody's default, and no number that float32 holds
STEPS, FEW, MANY = 6, 4, 12


@dataclass(frozen=True, eq=False)
class Run:
    """One run: how the optimizer is made, and what is assigned to it on the way.

    Attributes
    ----------
    told : str
        What is special about it, for a message: " with eps=0.01".
    settings : dict
        What the constructor is given beside the parameters.
    assigned : dict
        What is assigned before a step, by the step.
    shapes, steps, dtype, seed
        Of parameters and gradients.
    """

    told: str = ""
    settings: dict[str, Any] = field(default_factory=lambda: {"lr": RATE})
    assigned: dict[int, dict[str, Any]] = field(default_factory=dict)
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


@dataclass(frozen=True)
class Trace:
    """Where a run went, and what it left behind.

    Attributes
    ----------
    places : list of lists of arrays
        Copies of the parameters after each step.
    saved : object
        What `state_dict` returned in the middle, as it is at the end.
    exported : bytes
        The same, pickled in the middle.
    state : object
        What `state_dict` returned at the end.
    replaced, recorded : list of int
        The parameters whose array is another one at the end, or that are part of a graph.
    """

    places: Places
    saved: Any
    exported: bytes
    state: Any
    replaced: Sequence[int]
    recorded: Sequence[int]


def parted(places: Places, others: Places, dtype: Any = np.float64) -> tuple[int, int] | None:
    """Return the first step and parameter at which two runs of the same arithmetic part, None if nowhere.

    Sums may be taken in another order, no more.
    """
    tolerance = 1e-10 if dtype == np.float64 else 1e-4
    for step, (now, then) in enumerate(zip(places, others, strict=False)):
        for k, (x, y) in enumerate(zip(now, then, strict=True)):
            if x.tobytes() != y.tobytes() and not np.allclose(
                x, y, rtol=tolerance, atol=1e-3 * tolerance, equal_nan=True
            ):
                return step, k
    return None
