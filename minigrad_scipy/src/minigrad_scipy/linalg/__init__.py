"""`scipy.linalg` for arrays and tensors."""

from __future__ import annotations

from minigrad_core import Operation

from ..mirror import mirror
from . import factorizations, linear_systems, matrix_functions

OPERATIONS: tuple[Operation, ...] = (
    matrix_functions.expm,
    *linear_systems.OPERATIONS,
    *factorizations.OPERATIONS,
)
FUNCTIONS = {factorizations.cho_factor: ("a",)}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
