"""Triangular factors of matrices: Cholesky, LU and QR.

The rules are those of M. Giles, An extended collection of matrix derivative results for forward and reverse
mode automatic differentiation (2008). For a matrix of m rows and n columns, the LU factors are extended to
square matrices by ones on the diagonal.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, dominant, real
from minigrad_core.errors import ArgumentError, DifferentiabilityError
from minigrad_ops_basic.dtypes import detach
from minigrad_ops_basic.linear_algebra.decompositions import pull_back_qr
from minigrad_ops_basic.linear_algebra.hermitian import (
    adjoint,
    fold_triangle,
    halve_diagonal,
    transpose,
)

from .. import linalg
from . import references

_BLOCK = 64  # rows


class Cholesky(Operation):
    """The upper triangular u with u^H u = a, or the lower triangular l with l l^H = a if `lower`.

    a: (..., n, n), Hermitian and positive definite. SciPy reads the triangle of the factor alone, so only
    that triangle has a gradient; a value off the diagonal stands for both of its places. With phi the lower
    triangle of l^T grad, the diagonal halved, d/da = l^-T phi conj(l^-1).

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
    """The factor of `cholesky` in one triangle, and the values of a in the other, as SciPy leaves them.

    a: (..., n, n). The other triangle of the result, on which `cho_solve` does not depend, has the gradient
    of a copy. SciPy's function returns the pair `(c, lower)`.
    """

    name = "cho_factor"
    takes_complex = True
    cases = Cholesky.cases
    reference = staticmethod(references.cho_factor)

    def forward(self, ctx: Context, a: Array, *, lower: bool = False) -> Array:
        factor = linalg.cho_factor(a, lower)[0]
        ctx.save(factor, lower)
        return factor

    def backward(self, ctx: Context, grad: Array) -> Array:
        factor, lower = ctx.saved
        keep, others = (np.tril, np.triu(grad, 1)) if lower else (np.triu, np.tril(grad, -1))
        return others + pull_back_cholesky(keep(factor), keep(grad), lower)


def pull_back_cholesky(factor: Any, grad: Any, lower: bool) -> Any:
    """Return d/da of `Cholesky` for the triangle that SciPy reads."""
    left, of_left = (factor, grad) if lower else (adjoint(factor), adjoint(grad))
    is_large = left.ndim == 2 and left.shape[0] > _BLOCK and left.dtype.kind == "f"
    if is_large and isinstance(left, np.ndarray) and isinstance(of_left, np.ndarray):
        of_triangle = pull_back_blocks(left, of_left)
        return of_triangle if lower else of_triangle.T
    phi = halve_diagonal(transpose(left) @ of_left)
    half = linalg.solve_triangular(left, phi, trans=1, lower=True)
    whole = transpose(linalg.solve_triangular(left, transpose(half), trans=2, lower=True))
    return fold_triangle(whole, not lower)


def pull_back_blocks(left: Any, grad: Any) -> Any:
    """Return d/da of the lower triangle for a large real matrix, block by block.

    I. Murray, Differentiation of the Cholesky decomposition (2016), section 4.2. At n = 500, this takes half
    the time of the formula with inverses.
    """
    of_a = np.tril(grad)
    for start in reversed(range(0, left.shape[0], _BLOCK)):
        block, below = slice(start, start + _BLOCK), slice(start + _BLOCK, None)
        corner, row = left[block, block], left[block, :start]
        across = linalg.solve_triangular(corner, of_a[below, block].T, trans=1, lower=True).T
        of_corner = of_a[block, block] - np.tril(across.T @ left[below, block])
        of_corner = pull_back_cholesky(corner, of_corner, True)
        of_a[below, :start] -= across @ row
        of_a[block, :start] -= across.T @ left[below, :start] + (of_corner + of_corner.T) @ row
        of_a[below, block], of_a[block, block] = across, of_corner
    return of_a


class Lu(Operation):
    """The factors of a = p l u: the permutation p, l with ones on the diagonal, and u; see SciPy.

    a: (..., m, n); p: (..., m, m), l: (..., m, k), u: (..., k, n), with k = min(m, n). `p_indices`: p as
    ints, (..., m). `permute_l`: the pair (p l, u). p is constant near a.

    d/da = p l^-T (tril(l^T grad_l, -1) + triu(grad_u u^T)) u^-T, with l and u extended to square matrices.

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: u is singular.
    """

    name = "lu"
    takes_complex = True
    cases = (
        Case(a=dominant("n n")),
        Case(a=real("4 2"), permute_l=True),
        Case(a=real("2 3"), p_indices=True),
        Case(a=real("2 3 2")),
        Case(a=real("2 2 2"), permute_l=True),
    )
    reference = staticmethod(references.lu)

    def forward(
        self, ctx: Context, a: Array, *, permute_l: bool = False, p_indices: bool = False
    ) -> tuple[Array, ...]:
        *order, left, u = linalg.lu(a, p_indices=True)
        result = linalg.lu(a, permute_l=permute_l, p_indices=p_indices)
        ctx.save(detach(order[0]), left, u, permute_l)
        return result

    def backward(self, ctx: Context, *grads: Array) -> Array:
        order, left, u, permute_l = ctx.saved
        of_left, of_u = grads[-2:]
        if permute_l:
            of_left = permute_rows(of_left, np.argsort(order, axis=-1))
        return permute_rows(pull_back_lu(left, u, of_left, of_u), order)


class LuFactor(Operation):
    """The factors l and u of `lu` in one array, without the ones of l, and the interchanges piv: (..., k).

    a: (..., m, n). See `lu`. The interchanges are ints, and constant near a.
    """

    name = "lu_factor"
    takes_complex = True
    cases = (Case(a=dominant("n n")), Case(a=real("4 2")), Case(a=real("2 2 3")))
    reference = staticmethod(references.lu_factor)

    def forward(self, ctx: Context, a: Array) -> tuple[Array, ...]:
        factors, pivots = linalg.lu_factor(a)
        ctx.save(factors, detach(pivots))
        return factors, pivots

    def backward(self, ctx: Context, grad: Array, *_: Array) -> Array:
        factors, pivots = ctx.saved
        m, n = factors.shape[-2:]
        k = min(m, n)
        left = np.tril(factors[..., :k], -1) + np.eye(m, k, dtype=factors.dtype)
        of_left, of_u = np.tril(grad[..., :k], -1), np.triu(grad[..., :k, :])
        of_rows = pull_back_lu(left, np.triu(factors[..., :k, :]), of_left, of_u)
        return permute_rows(of_rows, np.argsort(order_rows(pivots, m), axis=-1))


def pull_back_lu(left: Any, u: Any, of_left: Any, of_u: Any) -> Any:
    """Return the gradient of the permuted matrix l u."""
    m, n, k = left.shape[-2], u.shape[-1], u.shape[-2]
    ones = np.eye(max(m, n), dtype=left.dtype)
    shape = left.shape[:-2]
    left = np.concatenate([left, np.broadcast_to(ones[:m, k:m], (*shape, m, m - k))], axis=-1)
    u = np.concatenate([u, np.broadcast_to(ones[k:n, :n], (*shape, n - k, n))], axis=-2)
    below = np.tril(transpose(left) @ of_left, -1)
    above = np.triu(of_u @ transpose(u))
    below = np.concatenate([below, np.zeros((*shape, m, n - k), left.dtype)], axis=-1)
    above = np.concatenate([above, np.zeros((*shape, m - k, n), left.dtype)], axis=-2)
    half = linalg.solve_triangular(left, below + above, trans=1, lower=True, unit_diagonal=True)
    return transpose(linalg.solve_triangular(u, transpose(half)))


def permute_rows(x: Any, order: Any) -> Any:
    """Return the rows of matrices in an order: (..., m) ints."""
    return np.take_along_axis(x, np.broadcast_to(order[..., None], x.shape), axis=-2)


def order_rows(pivots: Any, m: int) -> Any:
    """Return the order (..., m) in which the interchanges of `lu_factor` leave m rows."""
    order = np.broadcast_to(np.arange(m), (*pivots.shape[:-1], m)).copy()
    for place in np.ndindex(pivots.shape[:-1]):
        for i, j in enumerate(pivots[place]):
            order[*place, [i, j]] = order[*place, [j, i]]
    return order


class Qr(Operation):
    """The factors of a = q r: q with orthonormal columns, and r upper triangular; see SciPy.

    a: (..., m, n). mode: "full", "economic", or "r" for r alone. pivoting: also returns the order (..., n) of
    the columns of a, ints, which is constant near a. The rule is that of `numpy.linalg.qr`.

    Raises
    ------
    DifferentiabilityError
        In backward: the columns that "full" adds to q have a gradient.
    ArgumentError
        mode is "raw".
    """

    name = "qr"
    takes_complex = True
    cases = (
        Case(a=dominant("n n")),
        Case(a=real("2 3")),
        Case(a=real("4 2"), mode="economic"),
        Case(a=real("2 3 2"), mode="economic", pivoting=True),
        Case(a=real("4 2"), mode="r"),
        Case(a=dominant("3 3"), mode="r", pivoting=True),
    )
    reference = staticmethod(references.qr)

    def forward(self, ctx: Context, a: Array, *, mode: str = "full", pivoting: bool = False) -> Any:
        if mode not in ("full", "economic", "r"):
            raise ArgumentError(f"qr: expected the mode 'full', 'economic' or 'r' for a tensor, got {mode!r}")
        q, r, *order = linalg.qr(a, mode="economic" if mode == "r" else mode, pivoting=pivoting)
        ctx.save(a, q, r, mode == "r", *map(detach, order))
        if mode != "r":
            return (q, r, *order)
        r = linalg.qr(a, mode="r", pivoting=pivoting)[0]  # of the shape of "full"
        return (r, *order) if order else r

    def to_numpy(self, result: Any) -> Any:
        """Return a tuple also for r alone, as SciPy does."""
        return result if isinstance(result, tuple) else (result,)

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        a, q, r, is_r_alone, *order = ctx.saved
        of_q, of_r = (np.zeros(q.shape, grad.dtype), grad) if is_r_alone else (grad, grads[0])
        k = min(a.shape[-2:])
        if np.any(detach(of_q)[..., k:]):
            raise DifferentiabilityError(
                "qr: the columns that mode='full' adds to q have no gradient; use mode='economic'"
            )
        columns = np.take_along_axis(a, np.broadcast_to(order[0][..., None, :], a.shape), -1) if order else a
        of_a = pull_back_qr(columns, q[..., :k], r[..., :k, :], of_q[..., :k], of_r[..., :k, :])
        if not order:
            return of_a
        back = np.argsort(order[0], axis=-1)
        return np.take_along_axis(of_a, np.broadcast_to(back[..., None, :], a.shape), -1)


OPERATIONS: tuple[Any, ...] = (Cholesky(), CholeskyFactor(), Lu(), LuFactor(), Qr())


def cho_factor(a: Any, lower: bool = False, **_: Any) -> tuple[Any, bool]:
    """Return the pair of a factor and `lower`."""
    return OPERATIONS[1](a, lower=lower), lower
