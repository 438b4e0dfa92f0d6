"""Sparse systems of linear equations, solved by iteration: `cg`, `gmres` and `bicgstab`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy

from minigrad_core import Array, Context
from minigrad_core.cases import Case, between, real
from minigrad_core.errors import ArgumentError

from ...primitives import Primitive
from ..products import sum_products
from ..structure import Structure
from .systems import read_system, solve_dense

# Two values for each element of the diagonal; for cg, which takes symmetric arrays, there are no others.
DIAGONAL = Structure(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 2, 4, 6]), (3, 3))
BAND = Structure(np.array([0, 0, 1, 0, 1, 1, 2, 1, 2, 2]), np.array([0, 3, 7, 10]), (3, 3))
OPTIONS = {"rtol": 1e-12, "atol": 0.0}


class IterativeSolve(Primitive):
    """The solution x of A x = b or A^T x = b, to a tolerance, for a sparse array A with the values `data`.

    data: (values,); b: (n,). options: those of SciPy's function, such as `rtol`. The gradient of b is the
    solution y of A^T y = grad, to the same tolerance, and that of a value is minus y in its row times x in
    its column.

    Raises
    ------
    LinAlgError
        The iteration has not converged.
    """

    takes_complex = False
    reference = staticmethod(solve_dense)

    def __init__(self, name: str) -> None:
        self.name = name
        structure = DIAGONAL if name == "cg" else BAND
        data = between(0.9, 1.1, str(len(structure.indices)))
        self.cases = (Case(data=data, b=real("3"), structure=structure, options=OPTIONS),)

    def compute(
        self,
        data: Any,
        b: Any,
        *,
        structure: Structure,
        transpose: bool = False,
        options: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the solution, computed in double precision: single precision misses small tolerances."""
        options = dict(options or {})
        if transpose and options.get("M") is not None:
            options["M"] = options["M"].T
        dtype = np.result_type(data, b, np.float32)
        matrix = structure.fill(data.astype(np.result_type(dtype, np.float64)))
        x, info = getattr(scipy.sparse.linalg, self.name)(matrix.T if transpose else matrix, b, **options)
        if info:
            raise np.linalg.LinAlgError(
                f"{self.name} has not converged (info = {info}), and x has no derivative"
            )
        return np.array(x, dtype)

    def forward(
        self,
        ctx: Context,
        data: Array,
        b: Array,
        *,
        structure: Structure,
        transpose: bool = False,
        options: Mapping[str, Any] | None = None,
    ) -> Any:
        x = self.evaluate(data, b, structure=structure, transpose=transpose, options=options)
        ctx.save(data, x, structure, transpose, options)
        return x

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        data, x, structure, transpose, options = ctx.saved
        y = self.evaluate(data, grad, structure=structure, transpose=not transpose, options=options)
        to, source = structure.list_places(transpose)
        return -sum_products(y, x, to, source) if ctx.needs[0] else None, y


OPERATIONS = tuple(map(IterativeSolve, ("cg", "gmres", "bicgstab")))


def _make_function(op: IterativeSolve) -> Callable[..., Any]:
    def call(A: Any, b: Any, x0: Any = None, **options: Any) -> tuple[Any, int]:
        """Return the solution, and 0, since the call raises an error if the iteration has not converged."""
        matrix, b = read_system(op.name, A, b)
        if x0 is not None:
            fact = "the start of one of the two systems that a gradient needs; leave it out"
            raise ArgumentError(f"{op.name}: tensors do not support x0, {fact}")
        b = b.reshape(-1)  # SciPy takes (n, 1) as well, and returns (n,)
        settings = {"structure": matrix.structure, "transpose": matrix.transposed, "options": options}
        return op.evaluate(matrix.data, b, **settings), 0

    call.__name__ = op.name
    return call


FUNCTIONS = {_make_function(op): ("A", "b") for op in OPERATIONS}
