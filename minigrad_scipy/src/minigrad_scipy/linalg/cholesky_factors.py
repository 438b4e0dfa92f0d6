"""Triangular factors of positive definite matrices, and division by triangular matrices.

The rules are those of M. Giles, An extended collection of matrix derivative results for forward and reverse
mode automatic differentiation (2008).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, dominant
from minigrad_ops_basic.linear_algebra.hermitian import adjoint, fold_triangle, halve_diagonal, transpose

from .. import linalg
from ..tensors import has_tensor
from . import references
from .structure import copies_other_triangle

BLOCK = 96  # rows from which on a factor is pulled back in quarters


class Cholesky(Operation):
    """The upper triangular u with u^H u = a, or the lower triangular l with l l^H = a if `lower`.

    a: (..., n, n), Hermitian and positive definite. SciPy reads the triangle of the factor alone, so only
    that triangle has a gradient. An element off the diagonal has the gradients of both elements of a. With
    phi the lower triangle of l^T grad, the diagonal halved, d/da = l^-T phi conj(l^-1).

    Raises
    ------
    numpy.linalg.LinAlgError
        The matrix is not positive definite.
    """

    name = "cholesky"
    takes_complex = True
    cases = (Case(a=dominant("n n")), Case(a=dominant("2 3 3"), lower=True))
    reference = staticmethod(references.cholesky)

    def forward(self, ctx: Context, a: Array, *, lower: bool = False) -> Array:
        factor = linalg.cholesky(a, lower=lower)
        ctx.save(factor, lower)
        return factor

    def backward(self, ctx: Context, grad: Array) -> Array:
        factor, lower = ctx.saved
        return pull_back_cholesky(factor, grad, lower)


class CholeskyFactor(Operation):
    """The factor of `cholesky` in one triangle; in the other the values of a, or zeros since SciPy 1.18.1.

    a: (..., n, n). The other triangle of the result, on which `cho_solve` does not depend, has the gradient
    of a copy, or none. SciPy's function returns the pair `(c, lower)`.
    """

    name = "cho_factor"
    takes_complex = True
    cases = Cholesky.cases
    reference = staticmethod(references.cho_factor)

    def forward(self, ctx: Context, a: Array, *, lower: bool = False) -> Array:
        factor = linalg.cho_factor(a, lower)[0]
        if not copies_other_triangle():  # SciPy 1.18.1 still copies if it converts a, such as whole numbers
            factor = np.tril(factor) if lower else np.triu(factor)
        ctx.save(factor, lower)
        return factor

    def backward(self, ctx: Context, grad: Array) -> Array:
        factor, lower = ctx.saved
        keep, others = (np.tril, np.triu(grad, 1)) if lower else (np.triu, np.tril(grad, -1))
        grad_a = pull_back_cholesky(keep(factor), keep(grad), lower)
        return others + grad_a if copies_other_triangle() else grad_a


def pull_back_cholesky(factor: Any, grad: Any, lower: bool) -> Any:
    """Return d/da of `Cholesky` for the triangle that SciPy reads."""
    left, grad_left = (factor, grad) if lower else (adjoint(factor), adjoint(grad))
    if left.ndim == 2 and left.dtype.kind == "f" and not has_tensor([left, grad_left]):
        grad_triangle = pull_back_real_cholesky(left, grad_left)
        return grad_triangle if lower else grad_triangle.T
    phi = halve_diagonal(transpose(left) @ grad_left)
    half = linalg.solve_triangular(left, phi, trans=1, lower=True)
    whole = transpose(linalg.solve_triangular(left, transpose(half), trans=2, lower=True))
    return fold_triangle(whole, not lower)


def pull_back_real_cholesky(left: Array, grad: Array) -> Array:
    """Return d/da of the lower triangle of a real matrix, for a large one in quarters.

    I. Murray, Differentiation of the Cholesky decomposition (2016), section 4, with two blocks. For n rows,
    the quarters need products of 5 / 6 n^3 terms, and the formula of `Cholesky` those of 3 n^3.
    """
    n = left.shape[0]
    k = n // 2
    if n <= BLOCK:
        phi = np.tril(left.T @ grad)
        phi.ravel()[:: n + 1] /= 2
        whole = divide(divide(phi.T, left, lower=True).T, left, lower=True)
        return np.tril(whole) + np.tril(whole.T, -1)
    corner, below = left[:k, :k], left[k:, :k]
    grad_a = np.zeros_like(grad, order="C")
    grad_a[k:, k:] = grad_end = pull_back_real_cholesky(left[k:, k:], grad[k:, k:])
    grad_a[k:, :k] = grad_below = divide(grad[k:, :k] - (grad_end + grad_end.T) @ below, corner, lower=True)
    grad_a[:k, :k] = pull_back_real_cholesky(corner, grad[:k, :k] - grad_below.T @ below)
    return grad_a


def divide(b: Any, a: Any, *, lower: bool, unit_diagonal: bool = False) -> Any:
    """Return b a^-1 for a triangular a.

    For one matrix BLAS is called directly: for 75 rows, SciPy's function takes twice as long.

    Raises
    ------
    numpy.linalg.LinAlgError
        a is singular.
    """
    is_plain = a.ndim == 2 and b.size and not has_tensor([a, b])
    if is_plain and (unit_diagonal or np.diagonal(a).all()):
        solution = linalg.get_blas_funcs("trsm", (a, b))(1.0, a.T, b.T, lower=not lower, diag=unit_diagonal)
        return solution.T
    settings = {"lower": lower, "unit_diagonal": unit_diagonal}
    return transpose(linalg.solve_triangular(a, transpose(b), trans=1, **settings))


OPERATIONS: tuple[Any, ...] = (Cholesky(), CholeskyFactor())


def cho_factor(a: Any, lower: bool = False, **_: Any) -> tuple[Any, bool]:
    """Return the pair of a factor and `lower`."""
    return OPERATIONS[1](a, lower=lower), lower
