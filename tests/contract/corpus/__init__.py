"""Wrong operations, initializers and optimizers, one fault each, beside their correct twins.

The contract kit is held to this corpus: it catches every fault and accuses no twin. Each module holds one
family of faults; the twins stand in `twins/`. An entry is data (`Fault`), entered by a decorator.

Arrays are annotated `Any` throughout: what is wrong on purpose must not be caught by the type checker first.
"""

from . import (  # noqa: F401 - each module enters its faults when it is imported
    cotangent,
    coverage,
    dtype,
    formula,
    formula_joint,
    higher_order,
    index,
    initializers,
    layout,
    memory,
    optimizers,
    optimizers_state,
    protocol,
    shape,
    stability,
    state,
    ties,
)
from .entry import INITIALIZERS, OPERATIONS, OPTIMIZERS, Fault

__all__ = ["INITIALIZERS", "OPERATIONS", "OPTIMIZERS", "Fault"]
