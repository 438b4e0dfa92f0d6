"""Sparse systems of linear equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

from minigrad_core import Array, Cached, Context
from minigrad_core.cases import Case, between, real
from minigrad_core.errors import ArgumentError

from ...primitives import Primitive
from ..products import make_dense, sum_products
from ..sparse_tensor import SparseTensor, to_sparse_tensor
from ..structure import Structure

# [[*, 0, 0], [*, *, 0], [0, *, *]], with the first value in two parts.
TRIANGLE = Structure(np.array([0, 0, 0, 1, 1, 2]), np.array([0, 2, 4, 6]), (3, 3))


def solve_dense(data: Any, b: Any, *, structure: Structure, transpose: bool = False, **_: Any) -> Any:
    """Return the solution by way of the dense array."""
    dense = make_dense(data, structure)
    return np.linalg.solve(dense.T if transpose else dense, b)


class SparseSolve(Primitive):
    """The solution x of A x = b or A^T x = b, for the sparse array A with the values `data`.

    data: (values,); b: (n,) or (n, k). With y the solution of A^T y = grad, by the same factors, the gradient
    of b is y, and that of a value is minus the product of its row of y and its row of x.
    """

    name = "spsolve"
    reference = staticmethod(solve_dense)
    cases = (
        Case(data=between(1.0, 2.0, "6"), b=real("3"), structure=TRIANGLE),
        Case(data=between(1.0, 2.0, "6"), b=real("3 k"), structure=TRIANGLE, transpose=True),
    )

    def compute(self, data: Any, b: Any, *, structure: Structure, transpose: bool = False) -> Any:
        return substitute(factorize(data, np.result_type(data, b), structure), b, transpose)

    def forward(
        self, ctx: Context, data: Array, b: Array, *, structure: Structure, transpose: bool = False
    ) -> Any:
        if isinstance(data, np.ndarray):
            factors = factorize(data, np.result_type(data, b), structure)
            x = substitute(factors, b, transpose)
        else:  # tensors, when a derivative is differentiated again
            factors, x = None, self.evaluate(data, b, structure=structure, transpose=transpose)
        ctx.save(data, x, structure, transpose, Cached((factors,)))
        return x

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        data, x, structure, transpose, factors = ctx.saved
        if factors is None:
            y = self.evaluate(data, grad, structure=structure, transpose=not transpose)
        else:
            y = substitute(factors[0], grad, not transpose)
        to, source = structure.list_places(transpose)
        return -sum_products(y, x, to, source) if ctx.needs[0] else None, y


def factorize(data: Any, dtype: Any, structure: Structure) -> Any:
    """Return the factors of the array in the precision of `dtype`, from SuperLU.

    Raises
    ------
    LinAlgError
        The array is singular.
    """
    dtype = np.result_type(dtype, np.float32)
    columns = scipy.sparse.csc_array(structure.fill(data.astype(dtype)))
    try:
        return scipy.sparse.linalg.splu(columns)
    except RuntimeError as error:
        raise np.linalg.LinAlgError("spsolve: the sparse array is singular") from error


def substitute(factors: Any, b: Any, transpose: bool) -> Any:
    """Return the solution for the factors of an array."""
    return factors.solve(np.asarray(b, factors.L.dtype), "T" if transpose else "N")


spsolve_operation = SparseSolve()
solve = spsolve_operation.evaluate


def spsolve(A: Any, b: Any, permc_spec: str | None = None, use_umfpack: bool = True) -> Any:
    """Return the solution x of A x = b, (n,) or (n, k), where A or b has a tensor.

    SuperLU chooses the order of the columns: `permc_spec` and `use_umfpack` have no effect.

    Raises
    ------
    ArgumentError
        The array is not square or not sparse, or `b` is sparse or has another number of rows.
    """
    matrix, b = read_system("spsolve", A, b)
    x = solve(matrix.data, b, structure=matrix.structure, transpose=matrix.transposed)
    return x[:, 0] if b.shape[1:] == (1,) else x  # as SciPy does


def read_system(name: str, A: Any, b: Any) -> tuple[SparseTensor, Any]:
    """Return the array of a system as a `SparseTensor`, and its right-hand side (n,) or (n, k).

    Raises
    ------
    ArgumentError
        A is not a sparse array or not square; or `b` is sparse or has another number of rows.
    """
    if not isinstance(A, SparseTensor):
        if not scipy.sparse.issparse(A):
            raise ArgumentError(f"{name}: A has to be a sparse array, such as sparse.csr_array(...)")
        A = to_sparse_tensor(A)
    if scipy.sparse.issparse(b):
        raise ArgumentError(f"{name}: a sparse right-hand side has no derivative; give it as b.toarray()")
    b = b if hasattr(b, "ndim") else np.asarray(b)
    n, columns = A.shape
    if n != columns or b.shape[:1] != (n,) or b.ndim > 2:
        raise ArgumentError(
            f"{name}: expected A (n, n), b (n,) or (n, k); A has shape {A.shape}, b has shape {b.shape}"
        )
    return A, b
