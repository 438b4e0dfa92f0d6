"""Inverses, pseudo-inverses, least squares and polar factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, dominant, real
from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.composite import pull_back
from minigrad_ops_basic.dtypes import cast, detach, widen_half
from minigrad_ops_basic.linear_algebra.hermitian import adjoint, transpose
from minigrad_ops_basic.linear_algebra.least_squares import find_shortest_solution
from minigrad_ops_basic.linear_algebra.solving import pull_back_pinv

from .. import linalg
from ..composites import Composite
from ..precision import cast_each, widen_each
from ..tensors import has_tensor
from . import references
from .matrix_equations import solve_regular_sylvester
from .structure import pull_back_structure, read_matrix

_TALL = np.array([[1.0, -0.5], [0.25, 2.0], [-1.5, 0.75]])


class Lstsq(Composite):
    """`lstsq` of one matrix."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        a, b = inputs
        if a.ndim != 2 or b.ndim > 2:
            raise ArgumentError("lstsq: a stack of matrices is not supported for tensors")
        y, squares, rank, s = self.get_function()(a, b, **settings)
        return y, np.real(squares), np.asarray(rank), s  # SciPy 1.18 has complex squares of complex numbers

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Any:
        inputs, settings = ctx.saved
        if has_tensor(grads) or np.any(grads[-1]):
            return super().backward(ctx, grad, *grads)
        # The singular values take ten times as long as the rest.
        formula = lambda a, b: self.formula(a, b, **settings)[:2]  # noqa: E731
        wide = widen_each(inputs)
        return cast_each(pull_back(formula, wide, ctx.needs, (grad, grads[0])), inputs)


class Inv(Operation):
    """The inverse matrices y. d/da = -y^T grad y^T, for the part of a that SciPy reads: see `solve`.

    a: (..., n, n).

    Raises
    ------
    numpy.linalg.LinAlgError
        The matrix is singular.
    """

    name = "inv"
    takes_complex = True
    cases = (
        Case(a=dominant("n n")),
        Case(a=dominant("2 3 3"), assume_a="pos"),
        Case(a=dominant("3 3"), assume_a="sym", lower=True),
        Case(a=dominant("3 3"), assume_a="lower triangular"),
    )
    reference = staticmethod(references.inv)

    def forward(self, ctx: Context, a: Array, *, assume_a: str | None = None, lower: bool = False) -> Array:
        y = linalg.inv(a, assume_a=assume_a, lower=lower)
        ctx.save(y, assume_a, lower)
        return y

    def backward(self, ctx: Context, grad: Array) -> Any:
        y, assume_a, lower = ctx.saved
        y = transpose(y)
        return pull_back_structure(-(y @ grad @ y), assume_a=assume_a, lower=lower)


class Pinv(Operation):
    """The Moore-Penrose inverses of matrices, whose rank must not change nearby; see `numpy.linalg.pinv`.

    a: (..., m, n). Singular values up to `atol + rtol * s` count as 0, with s the largest; rtol: max(m, n)
    times the rounding error of the type, if neither is given.
    """

    name = "pinv"
    takes_complex = True
    cases = (
        Case(a=real("2 3")),
        Case(a=real("2 3 2")),
        Case(a=np.array([[3.0, 0.5, 0.25], [0.0, 0.5, 1.0]]), rtol=0.5),
        Case(a=np.array([[3.0, 0.5, 0.25], [0.0, 0.5, 1.0]]), atol=1.5),
    )
    reference = staticmethod(references.pinv)

    def forward(
        self, ctx: Context, a: Array, *, atol: float | None = None, rtol: float | None = None
    ) -> Array:
        p = linalg.pinv(a, atol=atol, rtol=rtol)
        ctx.save(a, p)
        return p

    def backward(self, ctx: Context, grad: Array) -> Array:
        a, p = ctx.saved
        return pull_back_pinv(widen_half(a), p, False, grad)


class Pinvh(Operation):
    """The Moore-Penrose inverses of Hermitian matrices, of which one triangle is read, and has a gradient.

    a: (..., n, n). See `pinv`.
    """

    name = "pinvh"
    takes_complex = True
    cases = (
        Case(a=dominant("n n")),
        Case(a=dominant("2 2 2"), lower=False),
        Case(a=np.array([[3.0, 0.5], [0.5, 1.0]]), rtol=0.5),
        Case(a=np.array([[3.0, 0.5], [0.5, 1.0]]), atol=1.5),
    )
    reference = staticmethod(references.pinvh)

    def forward(
        self,
        ctx: Context,
        a: Array,
        *,
        atol: float | None = None,
        rtol: float | None = None,
        lower: bool = True,
    ) -> Array:
        p = linalg.pinvh(a, atol=atol, rtol=rtol, lower=lower)
        ctx.save(a, p, lower)
        return p

    def backward(self, ctx: Context, grad: Array) -> Any:
        a, p, lower = ctx.saved
        structure: dict[str, Any] = {"assume_a": "her", "lower": lower}
        grad_a = pull_back_pinv(read_matrix(widen_half(a), **structure), p, False, grad)
        return pull_back_structure(grad_a, **structure)


@Lstsq.define(
    "linalg.lstsq",
    Case(a=real("4 2"), b=real("4")),
    Case(a=real("4 2"), b=real("4 3")),
    Case(a=real("2 3"), b=real("2")),
    Case(a=np.array([[1.0, 0.0], [0.1, 0.1], [0.0, -0.1]]), b=real("3"), cond=0.5),
)
def lstsq(a: Any, b: Any, *, cond: float | None = None) -> Any:
    """The shortest y with the least |b - a y|, the squared residuals, the rank and the singular values.

    a: (m, n); b: (m,) or (m, k). cond: singular values up to `cond` times the largest count as 0. The squares
    are empty unless a has more rows than columns and full rank; since SciPy 1.18 they are NaN if a has more
    rows and less rank. The gradients are those of a QR factorization, or of the pseudo-inverse, where the
    rank must not change nearby. A stack of matrices is refused.
    """
    a = cast(a, np.result_type(a, b))
    s = np.linalg.svdvals(a)
    plain = detach(s)
    cut = np.finfo(plain.dtype).eps if cond is None else cond
    rank = int(np.sum(plain > cut * plain[:1]))
    y = find_shortest_solution(a, b, rank, cut)
    rest = b - a @ y
    squares = np.real(np.sum(rest * np.conjugate(rest), axis=0))
    if not a.shape[0] > rank == a.shape[1]:
        nan_squares = a.shape[0] > a.shape[1] and _returns_nan_squares()
        squares = np.full(squares.shape if nan_squares else 0, np.nan, plain.dtype)
    return y, squares, np.asarray(rank, np.int32), s


def _returns_nan_squares() -> bool:
    """Return whether the residuals of a matrix without full rank are NaN, as since SciPy 1.18, or empty."""
    squares: Any = linalg.lstsq(np.zeros((2, 1)), np.zeros(2))[1]
    return bool(squares.shape == ())


class Polar(Operation):
    """The polar factors of a = u p, or a = p u for side="left": u with orthonormal columns, p semidefinite.

    a: (..., m, n), of full rank. With y the solution of y p + p y = grad_u^T u - p grad_p^T, d/da =
    ((y - y^H + grad_p^T) u^H + p^-1 grad_u^T (1 - u u^H))^T. This follows from p w + w p = u^H da - da^H u
    for w = u^H du.

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: p is singular.
    """

    name = "polar"
    takes_complex = True
    cases = (
        Case(a=dominant("n n")),
        Case(a=real("3 2")),
        Case(a=real("2 3"), side="left"),
        Case(a=dominant("2 2 2")),
        Case(a=np.array([[0.0, -2.0], [2.0, 0.0]])),  # equal eigenvalues of p
    )
    reference = staticmethod(references.polar)

    def forward(self, ctx: Context, a: Array, *, side: str = "right") -> tuple[Array, ...]:
        u, p = linalg.polar(a, side)
        ctx.save(u, p, side)
        return u, p

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        u, p, side = ctx.saved
        if side == "left":
            return adjoint(pull_back_polar(adjoint(u), p, adjoint(grad), adjoint(grads[0])))
        return pull_back_polar(u, p, grad, grads[0])


def pull_back_polar(u: Any, p: Any, grad_u: Any, grad_p: Any) -> Any:
    """Return the d/da of the docstring of `Polar` for side="right"."""
    grad_u, grad_p = transpose(grad_u), transpose(grad_p)
    y = _solve_with_factor(p, grad_u @ u - p @ grad_p)
    across = np.linalg.solve(p, grad_u - (grad_u @ u) @ adjoint(u))
    return transpose((y - adjoint(y) + grad_p) @ adjoint(u) + across)


def _solve_with_factor(p: Any, q: Any) -> Any:
    """Return the solution of y p + p y = q; for arrays by the eigenvectors of the Hermitian p."""
    if has_tensor((p, q)):
        return solve_regular_sylvester(p, p, q, "polar")
    w, v = np.linalg.eigh(p)
    sums = w[..., :, None] + w[..., None, :]
    if np.any(sums <= np.finfo(w.dtype).eps * np.max(w, axis=-1, initial=0)[..., None, None]):
        raise np.linalg.LinAlgError("polar: a factor is singular, so the gradient is not finite")
    return v @ (adjoint(v) @ q @ v / sums) @ adjoint(v)


@Composite.define(
    "linalg.orthogonal_procrustes",
    Case(A=_TALL, B=_TALL[::-1] + 1),
    Case(A=np.stack([_TALL, _TALL]), B=np.stack([1 - _TALL, _TALL])),
)
def orthogonal_procrustes(A: Any, B: Any) -> Any:
    """The orthogonal r with the least |A r - B|, and the sum of the singular values of A^T B.

    A, B: (..., m, n). The gradients are those of the polar factors of A^T B.

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: A^T B is singular.
    """
    r, p = linalg.polar(adjoint(A) @ B)
    return r, np.real(np.trace(p, axis1=-2, axis2=-1))


OPERATIONS: tuple[Operation, ...] = (Inv(), Pinv(), Pinvh(), lstsq, Polar(), orthogonal_procrustes)
