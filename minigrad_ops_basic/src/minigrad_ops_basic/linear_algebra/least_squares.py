"""Least squares, condition numbers, and equations between tensors: formulas of the basic decompositions."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core.cases import Case, real

from ..composition import Composed
from ..dtypes import conjugate, detached, in_type
from ..statistics.averages import floating
from .singular_values import refuse_infinite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minigrad_core import Array, Context


def _least_squares(a: Any, b: Any, *, rcond: float) -> tuple[Any, ...]:
    """Return NumPy's four results, by the pseudo-inverse."""
    a = in_type(a, np.result_type(a, b))
    solution = np.linalg.pinv(a, rcond) @ b
    s = np.linalg.svdvals(a)
    rank = int(np.sum(detached(s) > rcond * np.max(detached(s), initial=0)))
    rest = b - a @ solution
    squares = np.real(np.sum(rest * conjugate(rest), axis=0))
    residuals = np.reshape(squares, (-1,)) if rank == a.shape[1] < a.shape[0] else np.zeros(0, a.dtype)
    return solution, residuals, rank, s


class Lstsq(Composed):
    """The x with the least |b - a x|, of these the shortest; the sums of the squares that remain (if a has
    more rows than columns and full rank); a's rank and singular values. For a vector b or columns.

    d/db = p^T grad for the solution, with p the pseudo-inverse of a; d/da through p, for which a's rank must
    not change nearby. rcond: singular values up to `rcond` times the largest count as 0.
    """

    name = "lstsq"
    implements = (np.linalg.lstsq,)
    takes_complex = True
    cases = (
        Case(a=real("4 2"), b=real("4")),
        Case(a=real("4 2"), b=real("4 3")),
        Case(a=real("2 3"), b=real("2")),
    )

    def forward(self, ctx: Context, a: Array, b: Array, *, rcond: float | None = None) -> tuple[Array, ...]:
        """Return solution, residuals, rank and singular values."""
        refuse_infinite(a, b)
        cut = float(np.finfo(floating(a)).eps) * max(a.shape) if rcond is None else rcond
        ctx.save(_least_squares, (a, b), {"rcond": cut})
        return np.linalg.lstsq(a, b, rcond)  # type: ignore[return-value]  # the rank is a number


def _weighted(x: Any, y: Any, w: Any, deg: int) -> tuple[Any, Any, Any]:
    """Return powers and values, weighted, and the lengths by which NumPy divides the columns of powers."""
    powers, values = np.vander(x, deg + 1), y
    if w is not None:
        w = in_type(w, floating(x, y, w))
        powers = powers * np.reshape(w, (-1, 1))
        values = values * (np.reshape(w, (-1, 1)) if y.ndim == 2 else w)
    return powers, values, np.sqrt(np.sum(powers * powers, axis=0))


def _fitted(x: Any, y: Any, w: Any = None, *, deg: int, rcond: float) -> Array:
    powers, values, scale = _weighted(x, y, w, deg)
    solution = np.linalg.pinv(powers / scale, rcond) @ values
    return solution / (np.reshape(scale, (-1, 1)) if y.ndim == 2 else scale)


class Polyfit(Composed):
    """The coefficients, the highest power first, of the polynomial of degree `deg` that fits the points (x,
    y) best in the sense of least squares, with `w` times each distance; y may have columns.

    d/dy, d/dx, d/dw: those of least squares.
    """

    name = "polyfit"
    implements = (np.polyfit,)
    takes_complex = True
    cases = (
        Case(x=real("5"), y=real("5 2"), deg=2),
        Case(x=real("4"), y=real("4 2"), w=real("4"), deg=1),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        y: Array,
        w: Array | None = None,
        *,
        deg: int,
        rcond: float | None = None,
    ) -> Array:
        """Return the coefficients. float32 stays float32, where NumPy gives double precision."""
        powers, values, scale = _weighted(x, y, w, deg)
        with np.errstate(divide="ignore", invalid="ignore"):
            refuse_infinite(powers / scale, values)
        cut = len(x) * float(np.finfo(floating(x)).eps) if rcond is None else rcond
        ctx.save(_fitted, (x, y, w), {"deg": deg, "rcond": cut})
        return np.polyfit(x, y, deg, cut, w=w).astype(floating(x, y), copy=False)


def _condition(x: Any, *, p: Any) -> Array:
    if p not in (None, 2, -2):
        return np.linalg.norm(x, p, (-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, (-2, -1))
    s = np.linalg.svdvals(x)
    return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]


class Cond(Composed):
    """The condition number of the matrices in the norm `p` (None or 2: the greatest singular value over the
    least; -2: the reverse; else |x| |x^-1| in that norm, see `norm`).

    d/dx: from those of the singular values, or of the norms.
    """

    name = "cond"
    implements = (np.linalg.cond,)
    takes_complex = True
    cases = (
        Case(x=real("2 3")),
        Case(x=real("2 3 3"), p=-2),
        Case(x=real("2 2"), p="fro"),
        Case(x=real("2 2"), p=1),
    )

    def forward(self, ctx: Context, x: Array, *, p: Any = None) -> Array:
        """Return the condition numbers."""
        refuse_infinite(x)
        ctx.save(_condition, (x,), {"p": p})
        return np.real(np.linalg.cond(x, p))  # with NumPy 2.1, that of a complex matrix is complex


def _tensor_solution(a: Any, b: Any, *, axes: Sequence[int] | None) -> Array:
    if axes is not None:
        last = [axis % a.ndim for axis in axes]
        a = np.transpose(a, [*(k for k in range(a.ndim) if k not in last), *last])
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
polyfit = Polyfit()
cond = Cond()
tensorsolve = TensorSolve()
tensorinv = TensorInv()
