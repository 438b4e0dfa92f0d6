"""A run of an optimizer: its parameters, the gradients of each step, and its settings.

The script of a failure has the source of this file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...parameter import Parameter
from ..finding import Finding, Findings, guard

Positions: TypeAlias = Sequence[Sequence[NDArray[Any]]]  # the parameters after each step
Gradients: TypeAlias = Sequence[NDArray[Any] | None]  # one per parameter; None: it has no gradient


@dataclass(frozen=True, eq=False)
class OptimizerRun:
    """A run of an optimizer."""

    cls: Any  # the class of the optimizer: `cls(params, lr=..., **settings)`
    settings: dict[str, Any]  # the arguments of the constructor
    starts: Sequence[NDArray[Any]]  # the parameters before the first step
    gradients: Sequence[Gradients]  # of each step
    assigned: dict[int, dict[str, Any]] = field(default_factory=dict)  # settings assigned before a step
    description: str = ""  # the difference from the run with the defaults
    expected: Positions = ()  # the positions of the reference

    def make_params(self, layout: Callable[[Any], Any] = np.array) -> list[Parameter]:
        """Return new parameters, the same at each call."""
        return [Parameter(layout(start)) for start in self.starts]

    def make(self, params: Any, **settings: Any) -> Any:
        """Return an optimizer; it gets an iterator of parameters, such as `model.parameters()` gives."""
        return guard("the constructor", lambda: self.cls(iter(params), **(settings or self.settings)))

    def take_step(self, optimizer: Any, params: Sequence[Parameter], step: int, gradients: Gradients) -> None:
        """Assign settings and gradients, and take a step if there is a gradient."""
        for name, value in self.assigned.get(step, {}).items():
            guard(f"assigning {name}", lambda: setattr(optimizer, name, value))  # noqa: B023 - called at once
        for p, g in zip(params, gradients, strict=True):
            p.grad = g
        if any(g is not None for g in gradients):
            guard("step", lambda: optimizer.step())

    def take_steps(
        self, optimizer: Any, params: Sequence[Parameter], first: int = 0, last: int | None = None
    ) -> list[list[NDArray[Any]]]:
        """Take steps; return the parameters after each step."""
        positions = []
        for step, gradients in list(enumerate(self.gradients))[first:last]:
            self.take_step(optimizer, params, step, [None if g is None else g.copy() for g in gradients])
            positions.append([p.data.copy() for p in params])
        return positions

    @cached_property
    def outcome(self) -> tuple[Any, Positions]:
        """The optimizer after the last step, and the parameters after each step."""
        optimizer = self.make(params := self.make_params())
        return optimizer, self.take_steps(optimizer, params)

    @property
    def positions(self) -> Positions:
        """The parameters after each step."""
        return self.outcome[1]


def select(run: OptimizerRun, places: Sequence[int], steps: int | None = None) -> OptimizerRun:
    """Return the run of some of the parameters, with the first steps only."""
    gradients = [[row[k] for k in places] for row in run.gradients[:steps]]
    expected = [[row[k] for k in places] for row in run.expected[:steps]]
    return replace(run, starts=[run.starts[k] for k in places], gradients=gradients, expected=expected)


def cast(run: OptimizerRun, dtype: Any) -> OptimizerRun:
    """Return the run with parameters and gradients of another type."""
    gradients = [[None if g is None else g.astype(dtype) for g in row] for row in run.gradients]
    return replace(run, starts=[x.astype(dtype) for x in run.starts], gradients=gradients)


def nudge(run: OptimizerRun, size: float) -> OptimizerRun:
    """Return the run with gradients that are changed by about this relative size."""
    factors = (0.4, -1.3, 0.9, -0.6, 1.6, -0.7, 1.1)
    gradients = [
        [None if g is None else g * (1 + size * np.resize(np.roll(factors, step), g.shape)) for g in row]
        for step, row in enumerate(run.gradients)
    ]
    return replace(run, gradients=gradients)


def compare(run: OptimizerRun, positions: Positions, expected: Positions, code: str, fact: str) -> Findings:
    """Yield the first step at which positions are not the expected ones.

    A value near zero may have lost the digits of its largest value so far. The order of sums may differ: they
    have a thousandth of the tolerance, at the scale of the largest value of the array.
    """
    differing = []
    for k, start in enumerate(run.starts):
        x, y = (np.array([arrays[k] for arrays in rows[: len(positions)]]) for rows in (positions, expected))
        if np.array_equal(x, y, equal_nan=True):
            continue
        scale = np.maximum.accumulate(np.abs(y)).reshape(len(y), start.size)
        scale += 1e-3 * scale.max(axis=1, initial=0.0, keepdims=True)
        tolerance = (1e-10 if start.dtype == np.float64 else 1e-4) * scale.reshape(y.shape)
        is_wrong = ~np.isclose(x, y, rtol=0.0, atol=tolerance, equal_nan=True)
        for step, *index in np.argwhere(is_wrong)[:1]:
            moves = (v[step, *index] - (v[step - 1, *index] if step else start[*index]) for v in (x, y))
            differing.append((step, k, *moves))
    if differing:
        step, k, move, expected_move = min(differing)
        size = f"by {move:.6g} in the place of {expected_move:.6g}"
        place = f"(shape {run.starts[k].shape}, from step {step + 1} on, {size}{run.description})"
        yield Finding(code, f"{fact} {place}")
