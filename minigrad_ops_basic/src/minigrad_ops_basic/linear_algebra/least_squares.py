"""`lstsq`, `tensorsolve` and `tensorinv`."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..composition import Composed
from ..dtypes import conjugate, floating, in_type
from .singular_values import refuse_infinite

if TYPE_CHECKING:
    from collections.abc import Sequence


class Lstsq(Operation):
    """The x with the least |b - a x|, of these the shortest; the sums of the squares that remain (if a has
    more rows than columns and full rank); a's rank and singular values. For a vector b or columns.

    d/db = p^T grad for the solution, with p the pseudo-inverse of a; d/da = -(d/db) x^T and what p's own
    change adds, for which a's rank must not change nearby. rcond: singular values up to `rcond` times the
    largest count as 0.
    """

    name = "lstsq"
    implements = (np.linalg.lstsq,)
    takes_complex = True
    cases = (
        Case(a=real("4 2"), b=real("4")),
        Case(a=real("4 2"), b=real("4 3")),
        Case(a=real("0 2"), b=real("0")),
        Case(a=real("2 3"), b=real("2")),
        Case(a=real("3 3"), b=real("3")),
        Case(a=np.zeros((3, 2)), b=real("3")),
        Case(a=np.array([[1.0, 0.0], [0.1, 0.1], [0.0, -0.1]]), b=real("3"), rcond=0.5),
    )

    def forward(self, ctx: Context, a: Array, b: Array, *, rcond: float | None = None) -> tuple[Array, ...]:
        """Return solution, residuals, rank and singular values."""
        refuse_infinite(a, b)
        cut = float(np.finfo(floating(a)).eps) * max(a.shape) if rcond is None else rcond
        results: Any = np.linalg.lstsq(a, b, rcond)
        ctx.save(a, b, results[0], cut)
        return results

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array | None, ...]:
        """Return the gradients of all of these, by the derivative of a pseudo-inverse of constant rank (Golub
        and Pereyra 1973).
        """
        a, b, x, rcond = ctx.saved
        of_squares, _, of_values = grads
        shape, a = b.shape, in_type(a, np.result_type(a, b))
        grad, b, x = (np.reshape(y, (y.shape[0], prod(shape[1:]))) for y in (grad, b, x))
        p, rest = np.linalg.pinv(a, rcond), conjugate(b - a @ x)
        through = p.T @ grad
        for_b = through + 2 * rest * of_squares if of_squares.size else through
        for_a = rest @ (conjugate(through).T @ p.T) - for_b @ x.T
        beside = grad.T - through.T @ a  # of a solution that is one of many, what moves to stay the shortest
        u, _, v = np.linalg.svd(a, full_matrices=False)
        for_a = for_a + conjugate(conjugate(p).T @ x @ beside) + conjugate(u) * of_values @ conjugate(v)
        return for_a, np.reshape(for_b, shape)


def _tensor_solution(a: Any, b: Any, *, axes: Sequence[int] | None) -> Array:
    if axes is not None:
        a = np.transpose(a, [*(k for k in range(a.ndim) if k not in axes), *axes])
    shape = a.shape[b.ndim :]
    return np.reshape(np.linalg.solve(np.reshape(a, (b.size, prod(shape))), np.ravel(b)), shape)


class TensorSolve(Composed):
    """The y with sum of a y = b over all axes of y; `axes` of a are moved behind the others first.

    d/db = a^-T grad, in its shape; d/da = -(d/db) y.
    """

    name = "tensorsolve"
    implements = (np.linalg.tensorsolve,)
    takes_complex = True
    cases = (Case(a=real("2 3 6"), b=real("2 3")), Case(a=real("6 2 3"), b=real("2 3"), axes=(0,)))

    def forward(self, ctx: Context, a: Array, b: Array, *, axes: Sequence[int] | None = None) -> Array:
        """Return the solution."""
        ctx.save(_tensor_solution, (a, b), {"axes": axes})
        return np.linalg.tensorsolve(a, b, axes)


def _tensor_inverse(a: Any, *, ind: int) -> Array:
    first, last = a.shape[:ind], a.shape[ind:]
    return np.reshape(np.linalg.inv(np.reshape(a, (prod(first), prod(last)))), last + first)


class TensorInv(Composed):
    """The inverse of a as a map from its last axes to its first `ind`. d/da = -y^T grad y^T, as matrices."""

    name = "tensorinv"
    implements = (np.linalg.tensorinv,)
    takes_complex = True
    cases = (Case(a=real("2 3 6")), Case(a=real("4 2 2"), ind=1))

    def forward(self, ctx: Context, a: Array, *, ind: int = 2) -> Array:
        """Return the inverse."""
        ctx.save(_tensor_inverse, (a,), {"ind": ind})
        return np.linalg.tensorinv(a, ind)


lstsq = Lstsq()
tensorsolve = TensorSolve()
tensorinv = TensorInv()
