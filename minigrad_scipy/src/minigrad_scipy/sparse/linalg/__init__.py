"""`scipy.sparse.linalg` for arrays and tensors."""

from __future__ import annotations

from ...mirror import mirror
from . import iterations, systems

OPERATIONS = (systems.spsolve_operation, *iterations.OPERATIONS)
FUNCTIONS = {systems.spsolve: ("A", "b"), **iterations.FUNCTIONS}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
