"""What this package registers: every operation of its modules, in the namespace `basic`."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from minigrad_core import Operation, hookimpl

from . import (
    along,
    arithmetic,
    assembling,
    averages,
    axis_order,
    choosing,
    comparisons,
    complex_parts,
    contractions,
    conversion,
    convolution,
    counting,
    decompositions,
    diagonals,
    differences,
    editing,
    eigenvalues,
    einsum,
    exponential,
    extremes,
    filling,
    fourier,
    hyperbolic,
    indexing,
    interpolation,
    inverses,
    joining,
    least_squares,
    logaddexp,
    logic,
    mantissas,
    matmul,
    nan_extremes,
    nan_reductions,
    norms,
    ordering,
    outer,
    padding,
    plane,
    polynomial_arithmetic,
    polynomials,
    products,
    quantiles,
    queries,
    remainders,
    rounding,
    running,
    selection,
    shapes,
    signs,
    singular_values,
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
    arithmetic, remainders, mantissas, complex_parts, exponential, trigonometric, hyperbolic, plane,
    signs, selection, logaddexp, comparisons, logic, rounding, queries, counting, sums, extremes,
    products, nan_reductions, nan_extremes, quantiles, averages, running, matmul, contractions,
    vectors, einsum, inverses, decompositions, eigenvalues, singular_values, least_squares, norms, outer,
    shapes, axis_order, conversion, joining, stacking, assembling, splitting, tiling, padding, diagonals,
    indexing, taking, choosing, editing, ordering, along, convolution, differences, interpolation,
    polynomials, polynomial_arithmetic, fourier, filling,
)  # fmt: skip

# NumPy has two names for these, and `np.` knows both of them already.
_OTHER_NAMES = {"amax": "max", "amin": "min", "mod": "remainder", "true_divide": "divide"}


@hookimpl
def minigrad_operations() -> Iterable[Operation]:
    """Return the operations that these modules define."""
    defined = [
        op
        for module in _MODULES
        for op in vars(module).values()
        if hasattr(op, "forward") and not isinstance(op, type)
    ]
    named = {op.name: op for op in defined}
    return [*defined, *(_renamed(named[name], other) for other, name in _OTHER_NAMES.items())]


def _renamed(op: Operation, name: str) -> Operation:
    other = copy(op)
    other.name, other.implements = name, ()
    return other
