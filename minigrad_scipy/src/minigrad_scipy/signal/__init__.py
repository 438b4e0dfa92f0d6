"""`scipy.signal` for arrays and tensors."""

from __future__ import annotations

from minigrad_core import Operation

from ..mirror import mirror
from . import both_ways, convolution, recursion, sections

OPERATIONS: tuple[Operation, ...] = (
    *convolution.OPERATIONS,
    *recursion.OPERATIONS,
    *sections.OPERATIONS,
    *both_ways.OPERATIONS,
)
__getattr__, __dir__ = mirror(__name__, OPERATIONS)
