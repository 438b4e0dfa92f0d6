"""The calls of which the table has the costs, in the order of the modules."""

from ..call import Call
from .images import IMAGES
from .linear_algebra import LINEAR_ALGEBRA
from .signals import SIGNALS
from .solvers import SOLVERS
from .special import SPECIAL

CALLS: tuple[Call, ...] = (*SPECIAL, *LINEAR_ALGEBRA, *IMAGES, *SIGNALS, *SOLVERS)
