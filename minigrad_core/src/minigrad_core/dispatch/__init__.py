"""Plain tables: a name or a NumPy function -> a registered thing; one slot, called on a miss."""

from .functions import FUNCTIONS
from .installed import initializers, ops, optimizers
from .loading import SLOT
from .tables import describe

__all__ = ["FUNCTIONS", "SLOT", "describe", "initializers", "ops", "optimizers"]
