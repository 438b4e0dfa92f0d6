"""Wrong operations, initializers and optimizers, one fault each, beside their correct twins.

The contract kit is held to this corpus: it catches every fault and accuses no twin. Each module holds one
family of faults; the twins stand in `twins/`. An entry is data (`Fault`), entered by a decorator. The
modules `subtle*`, `conduct` and `applied*` (and the `*_subtle`) were held out while the kit was written, to
measure how it generalises; `field/`, `blind/`, `authors/`, `fresh/`, `named/` and `owned/` are later sets.
`idioms/` holds correct code only, in as many styles as people write.

Arrays are annotated `Any` throughout: what is wrong on purpose must not be caught by the type checker first.
"""

from . import (  # noqa: F401 - each module enters its faults when it is imported
    applied_arrays,
    applied_layers,
    authors,
    blind,
    complex_numbers,
    conduct,
    cotangent,
    coverage,
    dtype,
    field,
    formula,
    formula_joint,
    fresh,
    higher_order,
    index,
    initializers,
    initializers_subtle,
    late,
    layout,
    memory,
    named,
    optimizers,
    optimizers_state,
    optimizers_subtle,
    owned,
    protocol,
    shape,
    stability,
    state,
    subtle,
    subtle_joint,
    ties,
)
from .entry import INITIALIZERS, OPERATIONS, OPTIMIZERS, Fault

__all__ = ["INITIALIZERS", "OPERATIONS", "OPTIMIZERS", "Fault"]
