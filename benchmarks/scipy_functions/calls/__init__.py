"""A call for each function of `xp_capabilities_table`, by the name of its public module."""

from ..call import Call
from .arrays import ARRAYS
from .clusters import CLUSTERS
from .filters import FILTERS
from .images import IMAGES
from .rotations import ROTATIONS
from .signals import SIGNALS
from .special import SPECIAL
from .statistics import STATISTICS
from .windows import WINDOWS

CALLS: dict[str, dict[str, Call]] = {
    **ARRAYS,
    "scipy.cluster.hierarchy": CLUSTERS,
    "scipy.ndimage": IMAGES,
    "scipy.signal": {**FILTERS, **SIGNALS},
    "scipy.signal.windows": WINDOWS,
    "scipy.spatial.transform": ROTATIONS,
    "scipy.special": SPECIAL,
    "scipy.stats": STATISTICS,
}
