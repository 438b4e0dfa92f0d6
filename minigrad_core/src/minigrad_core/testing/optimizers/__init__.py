"""What an optimizer owes."""

from .averages import AVERAGES
from .contents import CONTENTS
from .effects import EFFECTS
from .groups import GROUPS
from .memory import MEMORY
from .mirror import MIRROR
from .missing import MISSING
from .mistaken import MISTAKEN
from .moments import MOMENTS
from .order import ORDER
from .precision import PRECISION
from .progress import PROGRESS
from .proportions import PROPORTIONS
from .published import PUBLISHED
from .remembering import REMEMBERING
from .settings import SETTINGS
from .sizes import SIZES
from .state import STATE
from .threads import THREADS
from .unread import UNREAD
from .updates import UPDATES
from .zeros import ZEROS

_ALL = (
    *PRECISION,
    *UPDATES,
    *ZEROS,
    *SIZES,
    *ORDER,
    *MIRROR,
    *MISSING,
    *MEMORY,
    *SETTINGS,
    *STATE,
    *GROUPS,
    *THREADS,
    *PROGRESS,
    *MISTAKEN,
    *MOMENTS,
    *AVERAGES,
    *REMEMBERING,
    *PROPORTIONS,
    *CONTENTS,
    *UNREAD,
    *EFFECTS,  # what another check would name is told by that one
    *PUBLISHED,  # after those that name the mistake
)
# First what every comparison of two runs rests on.
_FIRST = ("in_place", "surroundings", "instances")
OPTIMIZER_CHECKS = tuple(sorted(_ALL, key=lambda check: check.name not in _FIRST))

__all__ = ["OPTIMIZER_CHECKS"]
