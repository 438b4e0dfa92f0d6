"""`lstsq`, `tensorsolve` and `tensorinv`."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real

from ..composite import Composite
from ..dtypes import cast, conjugate, detach, find_floating_type
from .hermitian import adjoint
from .singular_values import refuse_infinite


def find_shortest_solution(a: Any, b: Any, rank: int, cut: float) -> Any:
    """Return the shortest y with the least |b - a y|.

    Singular values up to `cut` times the largest count as 0.
    QR for full rank, of rows or of columns: rounding errors of the gradient of `pinv(a) @ b` grow with the
    square of the condition.
    """
    if rank == a.shape[1]:
        q, r = np.linalg.qr(a)
        return np.linalg.solve(r, adjoint(q) @ b)
    if rank == a.shape[0]:
        q, r = np.linalg.qr(adjoint(a))
        return q @ np.linalg.solve(adjoint(r), b)
    return np.linalg.pinv(a, cut) @ b


def _solve_least_squares(a: Any, b: Any, *, rcond: float) -> tuple[Any, ...]:
    """Return NumPy's four results."""
    a = cast(a, np.result_type(a, b))
    s = np.linalg.svdvals(a)
    rank = int(np.sum(detach(s) > rcond * detach(s)[:1]))
    solution = find_shortest_solution(a, b, rank, rcond)
    rest = b - a @ solution
    squares = np.real(np.sum(rest * conjugate(rest), axis=0))
    is_determined = a.shape[0] > rank == a.shape[1]
    residuals = np.reshape(squares, (-1,)) if is_determined else np.zeros(0, a.dtype)
    return solution, residuals, rank, s


class Lstsq(Composite):
    """The shortest x with the least |b - a x|, the residuals, the rank of a and its singular values.

    b: a vector, or columns. The residuals are the sums of squares of b - a x, if a has more rows than columns
    and full rank. rcond: singular values up to `rcond` times the largest count as 0.

    d/db = p^T grad for the solution, with p the pseudo-inverse of a; d/da is the derivative through p, for a
    rank of a that does not change nearby.
    """

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
        refuse_infinite(a, b)
        cut = float(np.finfo(find_floating_type(a)).eps) * max(a.shape) if rcond is None else rcond
        ctx.save(_solve_least_squares, (a, b), {"rcond": cut})
        return np.linalg.lstsq(a, b, rcond)  # type: ignore[return-value]  # the rank is a number


def _solve_tensors(a: Any, b: Any, *, axes: Sequence[int] | None) -> Array:
    if axes is not None:
        a = np.transpose(a, [*(k for k in range(a.ndim) if k not in axes), *axes])
    shape = a.shape[b.ndim :]
    return np.reshape(np.linalg.solve(np.reshape(a, (b.size, prod(shape))), np.ravel(b)), shape)


class TensorSolve(Composite):
    """The solution y of tensordot(a, y) = b over all axes of y; `axes` of a are moved to the end first.

    d/db = a^-T grad, in its shape; d/da = -(d/db) y.
    """

    takes_complex = True
    cases = (Case(a=real("2 3 6"), b=real("2 3")), Case(a=real("6 2 3"), b=real("2 3"), axes=(0,)))

    def forward(self, ctx: Context, a: Array, b: Array, *, axes: Sequence[int] | None = None) -> Array:
        ctx.save(_solve_tensors, (a, b), {"axes": axes})
        return np.linalg.tensorsolve(a, b, axes)


def _invert_tensor(a: Any, *, ind: int) -> Array:
    first, last = a.shape[:ind], a.shape[ind:]
    return np.reshape(np.linalg.inv(np.reshape(a, (prod(first), prod(last)))), last + first)


class TensorInv(Composite):
    """The inverse y of a, a map from its last axes to its first `ind`. d/da = -y^T grad y^T (as matrices)."""

    takes_complex = True
    cases = (Case(a=real("2 3 6")), Case(a=real("4 2 2"), ind=1))

    def forward(self, ctx: Context, a: Array, *, ind: int = 2) -> Array:
        ctx.save(_invert_tensor, (a,), {"ind": ind})
        return np.linalg.tensorinv(a, ind)


lstsq = Lstsq(np.linalg.lstsq)
tensorsolve = TensorSolve(np.linalg.tensorsolve)
tensorinv = TensorInv(np.linalg.tensorinv)
