"""Wrong operations, one fault each, beside their correct twins.

The contract kit is held to this corpus: it catches every fault and accuses no twin. Each module holds one
family of faults; the twins stand in `twins/`. An entry is data (`Fault`), entered by a decorator. The
modules `subtle*`, `conduct` and `applied*` were held out while the kit was written, to
measure how it generalises; `field/`, `blind/`, `authors/`, `fresh/` and `owned/` are later sets.
`idioms/` holds correct code only, in as many styles as people write. `optimizers/` and `initializers/` are a
corpus of their own.

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
    late,
    layout,
    memory,
    owned,
    protocol,
    shape,
    stability,
    state,
    subtle,
    subtle_joint,
    ties,
)
from .entry import OPERATIONS, Fault

__all__ = ["OPERATIONS", "Fault"]
