"""Triangular factors of matrices: LU and QR.

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
    transpose,
)

from .. import linalg
from . import references
from .cholesky_factors import BLOCK, divide


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
        order, left, u = linalg.lu(a, p_indices=True)
        order = detach(order)
        ctx.save(order, left, u, permute_l)
        if permute_l:
            return permute_rows(left, order), u
        if p_indices:
            return order, left, u
        ones = np.eye(order.shape[-1], dtype=left.real.dtype)
        return permute_rows(np.broadcast_to(ones, (*order.shape[:-1], *ones.shape)), order), left, u

    def backward(self, ctx: Context, *grads: Array) -> Array:
        order, left, u, permute_l = ctx.saved
        grad_left, grad_u = grads[-2:]
        if permute_l:
            grad_left = permute_rows(grad_left, np.argsort(order))
        return permute_rows(pull_back_lu(left, u, grad_left, grad_u), order)


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
        grad_rows = pull_back_lu(factors[..., :k], factors[..., :k, :], grad[..., :k], grad[..., :k, :])
        return permute_rows(grad_rows, np.argsort(order_rows(pivots, m)))


def pull_back_lu(left: Any, u: Any, grad_left: Any, grad_u: Any) -> Any:
    """Return the gradient of the permuted matrix l u.

    The values above the diagonal of left and grad_left, and those below the diagonal of u and grad_u, are not
    read, and neither is the diagonal of left.
    """
    m, n, k = left.shape[-2], u.shape[-1], u.shape[-2]
    if m == n:
        return _pull_back_square_lu(left, u, grad_left, grad_u)
    return _pull_back_corner(
        left, u, grad_left, grad_u, np.zeros((*left.shape[:-2], m - k, n - k), left.dtype)
    )


def _pull_back_corner(left: Any, u: Any, grad_left: Any, grad_u: Any, grad_end: Any) -> Any:
    """Return the gradient of a matrix, given that of its last rows and columns, and of its first factors.

    left: (..., m, k), u: (..., k, n); grad_end: (..., m - k, n - k).
    """
    k = left.shape[-1]
    corner, below, square, right = left[..., :k, :], left[..., k:, :], u[..., :k], u[..., k:]
    grad_below = grad_left[..., k:, :] - grad_end @ transpose(right)
    grad_right = grad_u[..., k:] - transpose(below) @ grad_end
    grad_rows = divide(grad_below, transpose(square), lower=True)
    grad_columns = transpose(divide(transpose(grad_right), corner, lower=True, unit_diagonal=True))
    grad_corner = grad_left[..., :k, :] - grad_columns @ transpose(right)
    grad_square = grad_u[..., :k] - transpose(below) @ grad_rows
    grad_first = _pull_back_square_lu(corner, square, grad_corner, grad_square)
    rows = [grad_first, grad_columns], [grad_rows, grad_end]
    return np.concatenate([np.concatenate(row, axis=-1) for row in rows], axis=-2)


def _pull_back_square_lu(left: Any, u: Any, grad_left: Any, grad_u: Any) -> Any:
    """Return the gradient of l u, for large matrices in quarters.

    For n rows, the quarters need products of 5 / 3 n^3 terms, and the formula of `Lu` those of 6 n^3.
    """
    k = left.shape[-1] // 2
    if 2 * k < BLOCK:
        left, u = np.tril(left, -1) + np.eye(left.shape[-1], dtype=left.dtype), np.triu(u)
        inner = np.tril(transpose(left) @ grad_left, -1) + np.triu(grad_u @ transpose(u))
        half = transpose(divide(transpose(inner), left, lower=True, unit_diagonal=True))
        return divide(half, transpose(u), lower=True)
    grad_end = _pull_back_square_lu(*(x[..., k:, k:] for x in (left, u, grad_left, grad_u)))
    return _pull_back_corner(left[..., :k], u[..., :k, :], grad_left[..., :k], grad_u[..., :k, :], grad_end)


def permute_rows(x: Any, order: Any) -> Any:
    """Return the rows of matrices in an order: (..., m) ints."""
    if order.ndim == 1:
        return x[order]
    return np.take_along_axis(x, np.broadcast_to(order[..., None], x.shape), axis=-2)


def order_rows(pivots: Any, m: int) -> Any:
    """Return the order (..., m) in which the interchanges of `lu_factor` leave m rows."""
    order = np.empty((*pivots.shape[:-1], m), np.intp)
    for index in np.ndindex(pivots.shape[:-1]):
        rows = list(range(m))
        for i, j in enumerate(pivots[index].tolist()):
            rows[i], rows[j] = rows[j], rows[i]
        order[index] = rows
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
        Case(a=real("1 4 3"), mode="economic", pivoting=True),
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
        grad_q, grad_r = (np.zeros(q.shape, grad.dtype), grad) if is_r_alone else (grad, grads[0])
        k = min(a.shape[-2:])
        if np.any(detach(grad_q)[..., k:]):
            raise DifferentiabilityError(
                "qr: the columns that mode='full' adds to q have no gradient; use mode='economic'"
            )
        columns = np.take_along_axis(a, np.broadcast_to(order[0][..., None, :], a.shape), -1) if order else a
        grad_a = pull_back_qr(columns, q[..., :k], r[..., :k, :], grad_q[..., :k], grad_r[..., :k, :])
        if not order:
            return grad_a
        back = np.argsort(order[0])
        return np.take_along_axis(grad_a, np.broadcast_to(back[..., None, :], a.shape), -1)


OPERATIONS: tuple[Any, ...] = (Lu(), LuFactor(), Qr())
