"""`scipy.spatial` for arrays and tensors; the distances are in `spatial.distance`."""

from __future__ import annotations

from ..mirror import mirror
from . import distance as distance
from . import matrices

OPERATIONS = ()
FUNCTIONS = {matrices.distance_matrix: ("x", "y")}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
