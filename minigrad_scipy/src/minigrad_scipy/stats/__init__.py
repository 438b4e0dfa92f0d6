"""`scipy.stats` for arrays and tensors: densities, distribution functions and their inverses."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from minigrad_core import Operation

from ..mirror import mirror
from . import continuous
from .discrete import DISCRETE
from .distribution import Distribution
from .extreme_values import EXTREME_VALUES
from .multivariate import MULTIVARIATE, MultivariateDistribution

CONTINUOUS = {**continuous.CONTINUOUS, **EXTREME_VALUES}
OPERATIONS: tuple[Operation, ...] = ()
_find, __dir__ = mirror(__name__, OPERATIONS)


def __getattr__(name: str) -> Any:
    formulas = CONTINUOUS.get(name) or DISCRETE.get(name)
    if formulas is None and name not in MULTIVARIATE:
        return _find(name)
    original = getattr(import_module("scipy.stats"), name)
    found: Any
    if formulas is None:
        found = MultivariateDistribution(original, name, MULTIVARIATE[name])
    else:
        found = Distribution(original, formulas)
    globals()[name] = found  # the next access finds the name in the module
    return found
