"""`scipy.sparse.linalg` for arrays and tensors."""

from __future__ import annotations

from ...mirror import mirror
from . import systems

OPERATIONS = (systems.spsolve_operation,)
FUNCTIONS = {systems.spsolve: ("A", "b")}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
