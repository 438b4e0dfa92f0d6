"""Validation of the settings of optimizers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad_core import Optimizer
from minigrad_core.contracts.optimizer import Params
from minigrad_core.errors import ArgumentError, InputError

NOT_NEGATIVE = "eps", "initial_accumulator_value", "lr_decay", "momentum_decay", "weight_decay"
FRACTIONS = "alpha", "momentum", "rho"  # decay rates: with 1 or more, sums grow without end


class ValidatedOptimizer(Optimizer):
    """An optimizer that refuses settings for which its steps would silently diverge or become NaN.

    Raises
    ------
    InputError
        A setting, of the optimizer or of a group, is out of its range.
    ArgumentError
        A setting is not a number; or `betas` are not a pair of numbers.
    """

    def __init__(self, params: Params, *, lr: float, **settings: Any) -> None:
        super().__init__(params, lr=lr, **settings)
        for values in (settings, *(overrides for _, overrides in self.groups)):
            for name in NOT_NEGATIVE:
                self._check(name, values, lambda x: x >= 0, "a number of at least 0")
            for name in FRACTIONS:
                self._check(name, values, lambda x: 0 <= x < 1, "a number in [0, 1)")
            self._check("betas", values, _is_pair_of_fractions, "two numbers in [0, 1)")

    def _check(self, name: str, values: dict[str, Any], fits: Callable[[Any], bool], expected: str) -> None:
        if name not in values:
            return
        value = values[name]
        fact = f"{self.name}: {name} must be {expected}, got {value!r}"
        try:
            is_valid = fits(value)
        except (TypeError, ValueError) as error:
            raise ArgumentError(fact) from error
        if not is_valid:
            raise InputError(fact)


def _is_pair_of_fractions(pair: Any) -> bool:
    first, second = pair
    return bool(0 <= first < 1 and 0 <= second < 1)
