"""Plain tables: a name or a NumPy function -> a registered thing; one slot, called on a miss."""

from .functions import FUNCTIONS
from .installed import initializers, ops, optimizers
from .loading import SLOT, answer
from .tables import describe

FUNCTIONS.find = answer

__all__ = ["FUNCTIONS", "SLOT", "describe", "initializers", "ops", "optimizers"]
