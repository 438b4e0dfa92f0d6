"""What an initializer owes."""

from .arrays import ARRAYS
from .randomness import RANDOMNESS
from .statistics import STATISTICS

INITIALIZER_CHECKS = (*ARRAYS, *STATISTICS, *RANDOMNESS)

__all__ = ["INITIALIZER_CHECKS"]
