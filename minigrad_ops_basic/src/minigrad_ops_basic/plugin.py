"""What this package registers: every operation of its modules, in the namespace `basic`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minigrad_core import Operation, hookimpl

from . import (
    arithmetic,
    averages,
    comparisons,
    contractions,
    conversion,
    convolution,
    decompositions,
    diagonals,
    differences,
    einsum,
    exponential,
    extremes,
    filling,
    hyperbolic,
    indexing,
    interpolation,
    inverses,
    joining,
    logaddexp,
    logic,
    matmul,
    nan_reductions,
    norms,
    ordering,
    outer,
    padding,
    plane,
    polynomials,
    products,
    quantiles,
    queries,
    rounding,
    running,
    selection,
    shapes,
    splitting,
    stacking,
    sums,
    taking,
    tiling,
    trigonometric,
    vectors,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterable

_MODULES = (
    arithmetic, exponential, trigonometric, hyperbolic, plane, selection, logaddexp, comparisons,
    logic, rounding, queries, sums, extremes, products, nan_reductions, quantiles, averages,
    running, matmul, contractions, vectors, einsum, inverses, decompositions, norms, outer, shapes,
    conversion, joining, stacking, splitting, tiling, padding, diagonals, indexing, taking,
    ordering, convolution, differences, interpolation, polynomials, filling,
)  # fmt: skip


@hookimpl
def minigrad_operations() -> Iterable[Operation]:
    """Return the operations that these modules define."""
    return [
        op
        for module in _MODULES
        for op in vars(module).values()
        if hasattr(op, "forward") and not isinstance(op, type)
    ]
