"""`scipy.linalg` for arrays and tensors."""

from __future__ import annotations

from ..mirror import mirror
from . import matrix_functions

OPERATIONS = (matrix_functions.expm,)
__getattr__, __dir__ = mirror(__name__, OPERATIONS)
