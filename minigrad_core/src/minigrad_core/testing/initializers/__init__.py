"""What an initializer owes."""

from .arrays import ARRAYS
from .distinct import DISTINCT
from .orthogonality import ORTHOGONALITY
from .published import PUBLISHED
from .randomness import RANDOMNESS
from .settings import SETTINGS
from .statistics import STATISTICS
from .tails import TAILS

INITIALIZER_CHECKS = (
    *ARRAYS,
    *RANDOMNESS,
    *DISTINCT,
    *STATISTICS,
    *TAILS,
    *ORTHOGONALITY,
    *SETTINGS,
    *PUBLISHED,
)

__all__ = ["INITIALIZER_CHECKS"]
