"""`scipy.integrate` for arrays and tensors."""

from __future__ import annotations

from minigrad_core import Operation

from ..mirror import mirror
from . import initial_values

OPERATIONS: tuple[Operation, ...] = (initial_values.integrate_system,)
FUNCTIONS = {initial_values.solve_ivp: ("t_span", "y0", "t_eval", "args")}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
