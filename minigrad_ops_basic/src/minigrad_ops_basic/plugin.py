"""What this package registers: every operation of its modules, in the namespace `basic`."""

from __future__ import annotations

from collections.abc import Iterable

from minigrad_core import Operation, hookimpl

from . import (
    arithmetic, comparisons, exponential, extremes, hyperbolic, indexing, joining, logaddexp, matmul, plane, products,
    queries, selection, shapes, sums, trigonometric,
)  # fmt: skip

_MODULES = (
    arithmetic, exponential, trigonometric, hyperbolic, plane, selection, logaddexp, comparisons, queries,
    sums, extremes, products, matmul, shapes, joining, indexing,
)  # fmt: skip


@hookimpl
def minigrad_operations() -> Iterable[Operation]:
    """Return the operations that these modules define."""
    return [op for module in _MODULES for op in vars(module).values() if hasattr(op, "forward") and not isinstance(op, type)]
