"""`scipy.signal` for arrays and tensors."""

from __future__ import annotations

from minigrad_core import Operation

from ..mirror import mirror
from . import both_ways, convolution, local, power, rates, recursion, sections, short_time, spectrum, trends
from . import windows as windows

OPERATIONS: tuple[Operation, ...] = (
    *convolution.OPERATIONS,
    *recursion.OPERATIONS,
    *sections.OPERATIONS,
    *both_ways.OPERATIONS,
    *trends.OPERATIONS,
    *rates.OPERATIONS,
    *local.OPERATIONS,
    *spectrum.OPERATIONS,
    *power.OPERATIONS,
    *short_time.OPERATIONS,
)
FUNCTIONS = {spectrum.sosfreqz: ("sos",)}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
