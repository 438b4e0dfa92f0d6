"""Learning rates that change from step to step.

A schedule multiplies the initial rates of an optimizer by a factor, a function of the number of steps. The
functions of this module return factors, which can be combined: `warm_up(100, cosine(900))`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import cos, pi
from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Optimizer
from minigrad_core.errors import ArgumentError, StateError

Factor: TypeAlias = Callable[[int], float]


class Schedule:
    """Sets the learning rates of `optimizer` and of its groups to `factor(steps)` times their initial values.

    Raises
    ------
    ArgumentError
        `optimizer` is not an optimizer, or `factor` not a function of the number of steps.

    Examples
    --------
    >>> import numpy as np, minigrad_core as mg
    >>> from minigrad_ops_nn.optimizers import SGD
    >>> weight = mg.Parameter(np.ones(1))
    >>> optimizer = SGD([weight], lr=1.0)
    >>> schedule = Schedule(optimizer, exponential(0.5))
    >>> for _ in range(3):
    ...     np.sum(weight**2).backward()
    ...     optimizer.step()
    ...     schedule.step()
    >>> optimizer.lr
    0.125
    """

    def __init__(self, optimizer: Optimizer, factor: Factor) -> None:
        if not hasattr(optimizer, "groups"):
            raise ArgumentError(f"Schedule expected an optimizer, got {optimizer!r}")
        self.optimizer, self.factor, self.steps = optimizer, factor, 0
        self.base = optimizer.lr
        self.group_bases = [overrides.get("lr") for _, overrides in optimizer.groups]
        self._apply()

    def step(self) -> None:
        """Count a step, and set the rates of the next step."""
        self.steps += 1
        self._apply()

    def state_dict(self) -> dict[str, Any]:
        """Return the number of steps and the initial rates."""
        return {"steps": self.steps, "base": self.base, "group_bases": list(self.group_bases)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state that `state_dict` returned.

        Raises
        ------
        StateError
            `state` is something else, or belongs to an optimizer with another number of groups.
        """
        missing = [key for key in self.state_dict() if key not in state]
        if missing or len(state["group_bases"]) != len(self.group_bases):
            raise StateError(
                f"Schedule expected what state_dict() returned for {len(self.group_bases)} groups, got "
                + (f"a dict that lacks {missing}" if missing else f"{len(state['group_bases'])} groups")
            )
        self.steps, self.base = state["steps"], state["base"]
        self.group_bases = list(state["group_bases"])
        self._apply()

    def __repr__(self) -> str:
        return f"Schedule(step {self.steps}, {self.optimizer!r})"

    def _apply(self) -> None:
        try:
            factor = float(self.factor(self.steps))
        except TypeError as error:
            raise ArgumentError(
                "Schedule expected a function from the number of steps to a factor, such as "
                f"exponential(0.5), got {self.factor!r}"
            ) from error
        self.optimizer.lr = self.base * factor
        for (_, overrides), base in zip(self.optimizer.groups, self.group_bases, strict=True):
            if base is not None:
                overrides["lr"] = base * factor


def step_decay(step_size: int, gamma: float = 0.1) -> Factor:
    """Return the factor `gamma ** (steps // step_size)`."""
    _check_count("step_decay", "step_size", step_size)
    return lambda steps: gamma ** (steps // step_size)


def exponential(gamma: float) -> Factor:
    """Return the factor `gamma ** steps`."""
    return lambda steps: gamma**steps


def cosine(total_steps: int, minimum: float = 0.0) -> Factor:
    """Return half a cosine from 1 to `minimum` in `total_steps`, then `minimum`.

    Loshchilov and Hutter 2017.
    """
    _check_count("cosine", "total_steps", total_steps)
    return lambda steps: _interpolate(1.0, minimum, steps / total_steps)


def one_cycle(
    total_steps: int, *, pct_start: float = 0.3, div_factor: float = 25.0, final_div_factor: float = 1e4
) -> Factor:
    """Return a factor that rises from 1 / div_factor to 1, and then falls to nearly 0.

    The factor rises in the first `pct_start` of the steps, and then falls to
    1 / (div_factor * final_div_factor), each along half a cosine. Smith and Topin 2018, as in PyTorch, except
    that the highest rate is the rate of the optimizer.

    Raises
    ------
    ArgumentError
        There are no steps, `pct_start` is outside of [0, 1], or a factor is not above 0.
    """
    _check_count("one_cycle", "total_steps", total_steps)
    if not (0 <= pct_start <= 1 and div_factor > 0 and final_div_factor > 0):
        raise ArgumentError(
            f"one_cycle expected {pct_start=} in [0, 1], and {div_factor=}, {final_div_factor=} above 0"
        )
    first, last = 1 / div_factor, 1 / (div_factor * final_div_factor)
    top, end = pct_start * total_steps - 1, total_steps - 1

    def factor(steps: int) -> float:
        if steps <= top:
            return _interpolate(first, 1.0, steps / top if top else 1.0)
        return _interpolate(1.0, last, (steps - top) / (end - top) if end > top else 1.0)

    return factor


def warm_up(warm_up_steps: int, then: Factor | None = None, *, start: float = 0.0) -> Factor:
    """Return a line from `start` to 1 in `warm_up_steps`, then 1, or `then` of the further steps."""
    _check_count("warm_up", "warm_up_steps", warm_up_steps)

    def factor(steps: int) -> float:
        if steps < warm_up_steps:
            return start + (1 - start) * steps / warm_up_steps
        return then(steps - warm_up_steps) if then else 1.0

    return factor


def _interpolate(first: float, last: float, share: float) -> float:
    """Return the value of half a cosine from `first` to `last` at the fraction `share` of its length."""
    return last + (first - last) * (1 + cos(pi * min(max(share, 0.0), 1.0))) / 2


def _check_count(function: str, name: str, value: int) -> None:
    if not isinstance(value, (int, np.integer)) or value < 1:
        raise ArgumentError(f"{function} expected {name}, a whole number of at least 1, got {value!r}")
