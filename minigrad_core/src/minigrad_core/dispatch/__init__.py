"""Tables from a name, or a NumPy function, to a registered object; on a miss they call the plugin loader."""

from .functions import FUNCTIONS
from .installed import initializers, ops, optimizers
from .loading import SLOT
from .tables import describe

__all__ = ["FUNCTIONS", "SLOT", "describe", "initializers", "ops", "optimizers"]
