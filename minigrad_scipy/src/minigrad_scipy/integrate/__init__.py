"""`scipy.integrate` for arrays and tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad_core import Operation

from ..mirror import mirror
from . import initial_values, integrals, samples

OPERATIONS: tuple[Operation, ...] = (
    initial_values.integrate_system,
    *integrals.OPERATIONS,
    *samples.OPERATIONS,
)
FUNCTIONS: dict[Callable[..., Any], tuple[str, ...]] = {
    initial_values.solve_ivp: ("t_span", "y0", "t_eval", "args"),
    initial_values.odeint: ("y0", "t", "args"),
    integrals.quad: ("a", "b", "args"),
    integrals.quad_vec: ("a", "b", "args"),
    integrals.dblquad: ("a", "b", "args"),
    integrals.fixed_quad: ("a", "b", "args"),
    samples.trapezoid: ("y", "x", "dx"),
}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
