"""`scipy.ndimage` for arrays and tensors."""

from __future__ import annotations

from minigrad_core import Operation

from ..mirror import mirror
from . import resampling, splines

OPERATIONS: tuple[Operation, ...] = (*resampling.OPERATIONS, *splines.OPERATIONS)
__getattr__, __dir__ = mirror(__name__, OPERATIONS)
