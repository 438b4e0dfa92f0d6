"""`scipy.optimize` for arrays and tensors."""

from __future__ import annotations

from ..mirror import mirror
from . import fits, functions, solutions

OPERATIONS = (*solutions.OPERATIONS, *fits.OPERATIONS)
FUNCTIONS = {**functions.FUNCTIONS, **fits.FUNCTIONS}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
