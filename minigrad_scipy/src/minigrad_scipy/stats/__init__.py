"""`scipy.stats` for arrays and tensors: densities, distribution functions and their inverses."""

from __future__ import annotations

from typing import Any

from minigrad_core import Operation

from ..mirror import mirror
from . import continuous
from .discrete import DISCRETE
from .distribution import Distribution
from .extreme_values import EXTREME_VALUES
from .mirrored import MirroredDistribution
from .multivariate import MULTIVARIATE

CONTINUOUS = {**continuous.CONTINUOUS, **EXTREME_VALUES}
OPERATIONS: tuple[Operation, ...] = ()
_find, __dir__ = mirror(__name__, OPERATIONS)


def __getattr__(name: str) -> Any:
    found: Any
    if name in MULTIVARIATE:
        found = MirroredDistribution(name, MULTIVARIATE[name])
    elif standard := CONTINUOUS.get(name) or DISCRETE.get(name):
        found = Distribution(name, standard)
    else:
        return _find(name)
    globals()[name] = found  # the next access finds the name in the module
    return found
