"""`scipy.signal` for arrays and tensors."""

from __future__ import annotations

from minigrad_core import Operation

from ..binding import list_inputs
from ..mirror import mirror
from . import both_ways, convolution, local, power, rates, recursion, sections, short_time, spectrum, trends
from . import windows as windows

_WITH_CONSTANTS = (*spectrum.RESPONSES, *power.OPERATIONS, *short_time.OPERATIONS)
OPERATIONS: tuple[Operation, ...] = (
    *convolution.OPERATIONS,
    *recursion.OPERATIONS,
    *sections.OPERATIONS,
    *both_ways.OPERATIONS,
    *trends.OPERATIONS,
    *rates.OPERATIONS,
    *local.OPERATIONS,
    *spectrum.OPERATIONS,
    *_WITH_CONSTANTS,
)
_FUNCTIONS = {op.make_function(): tuple(list_inputs(op)) for op in _WITH_CONSTANTS}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, {**_FUNCTIONS, spectrum.sosfreqz: ("sos",)})
