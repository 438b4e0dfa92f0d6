"""One run of an optimizer: its settings, and parameters and gradients of values that let no fault hide."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...parameter import Parameter

RATE = 0.0371  # nobody's default, and no number that float32 holds
STEPS, FEW, MANY = 6, 4, 12

Shapes: TypeAlias = tuple[tuple[int, ...], ...]
Gradients: TypeAlias = tuple[NDArray[Any] | None, ...]

# Tall, wide, 1-d, 0-d, and the kernels of a convolution.
SHAPES: Shapes = ((5, 3), (3, 5), (4,), (), (2, 3, 1, 2))
PLAIN: Shapes = SHAPES[:4]
# Larger than a block of 16, longer than 1,024, square, empty; and two whose states may be confused unseen.
LARGE: Shapes = ((17, 65), (1025,), (4, 4), (0,), (2, 0))
TWINS: Shapes = ((2, 3), (2, 3))
# Which parameters have no gradient at a step: the first, the last, one in the middle, all.
MISSING = {0: {1}, 2: {0, 3}, 4: {0, 1, 2, 3, 4}, 5: {2, 4}}
# Gradients grow and fall from step to step, as they do where a maximum or a clipped norm matters.
SIZES = (1.0, 20.0, 0.05, 3.0, 0.7, 1.0, 0.2, 8.0)


@cache
def starts(shapes: Shapes, seed: int) -> tuple[NDArray[Any], ...]:
    """Return first values between 0.3 and 1.7, of both signs; vectors begin at zero, as biases do."""
    return tuple(
        np.zeros(shape) if shape == (4,) else _signed(shape, seed, k) for k, shape in enumerate(shapes)
    )


@cache
def gradients(shapes: Shapes, step: int, seed: int) -> Gradients:
    """Return the gradients of a step, None where there is none.

    Those of a vector lie over eight orders of magnitude, each of its values at its own, so that an epsilon
    shows. One value of a kernel has a gradient of zero for ever, and so has all of a tall matrix once.
    """
    found: list[NDArray[Any] | None] = []
    for k, shape in enumerate(shapes):
        grad = np.asarray(SIZES[step % len(SIZES)] * _signed(shape, seed, 100 * step + k + 10))
        if shape == (4,):
            grad *= np.array([1e-8, 1e-4, 1.0, 1e-2])
        if len(shape) > 2:
            grad[0, 0] = 0.0
        if (step, k) == (3, 0):
            grad *= 0.0
        found.append(None if shapes is not LARGE and k in MISSING.get(step, ()) else grad)
    return tuple(found)


def _signed(shape: tuple[int, ...], *seed: int) -> NDArray[Any]:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.uniform(0.3, 1.7, shape) * rng.choice([-1.0, 1.0], shape))


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
