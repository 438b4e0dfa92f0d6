"""What an optimizer owes."""

from .memory import MEMORY
from .progress import PROGRESS
from .settings import SETTINGS
from .state import STATE
from .updates import UPDATES

_ALL = (*UPDATES, *MEMORY, *SETTINGS, *STATE, *PROGRESS)
# First what every comparison of two runs rests on.
_FIRST = ("in_place", "surroundings", "instances")
OPTIMIZER_CHECKS = tuple(sorted(_ALL, key=lambda check: check.name not in _FIRST))

__all__ = ["OPTIMIZER_CHECKS"]
