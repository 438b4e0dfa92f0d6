"""`scipy.spatial.distance` for arrays and tensors."""

from __future__ import annotations

from ...mirror import mirror
from . import pairs, vectors

OPERATIONS = (pairs.cdist, pairs.pdist, pairs.squareform)
FUNCTIONS = vectors.FUNCTIONS
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
