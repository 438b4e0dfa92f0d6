"""What an optimizer owes."""

from .memory import MEMORY
from .progress import PROGRESS
from .settings import SETTINGS
from .state import STATE
from .updates import UPDATES

OPTIMIZER_CHECKS = (*UPDATES, *MEMORY, *SETTINGS, *STATE, *PROGRESS)

__all__ = ["OPTIMIZER_CHECKS"]
