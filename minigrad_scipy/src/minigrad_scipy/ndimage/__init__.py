"""`scipy.ndimage` for arrays and tensors."""

from __future__ import annotations

from minigrad_core import Operation

from ..mirror import mirror
from . import correlation, resampling, smoothing, splines

OPERATIONS: tuple[Operation, ...] = (
    *correlation.OPERATIONS,
    *resampling.OPERATIONS,
    *splines.OPERATIONS,
    *smoothing.OPERATIONS,
)
__getattr__, __dir__ = mirror(__name__, OPERATIONS)
