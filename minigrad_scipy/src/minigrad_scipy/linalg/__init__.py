"""`scipy.linalg` for arrays and tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad_core import Operation

from ..mirror import mirror
from . import (
    cholesky_factors,
    eigenvalues,
    factorizations,
    inverses,
    linear_systems,
    matrix_equations,
    matrix_functions,
    numpy_functions,
    structured_matrices,
    structured_systems,
)

OPERATIONS: tuple[Operation, ...] = (
    *linear_systems.OPERATIONS,
    *structured_systems.OPERATIONS,
    *cholesky_factors.OPERATIONS,
    *factorizations.OPERATIONS,
    *inverses.OPERATIONS,
    *eigenvalues.OPERATIONS,
    *matrix_functions.OPERATIONS,
    *matrix_equations.OPERATIONS,
    *structured_matrices.OPERATIONS,
)
FUNCTIONS: dict[Callable[..., Any], tuple[str, ...]] = {
    cholesky_factors.cho_factor: ("a",),
    eigenvalues.eigh: ("a", "b"),
    eigenvalues.eigvalsh: ("a", "b"),
    **numpy_functions.FUNCTIONS,
}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
