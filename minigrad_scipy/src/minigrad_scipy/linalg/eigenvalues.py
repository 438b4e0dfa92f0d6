"""Eigenvalues and eigenvectors. The rules are those of `numpy.linalg`, in minigrad_ops_basic."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, dominant, real
from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.composite import Gradients, pull_back
from minigrad_ops_basic.dtypes import conjugate
from minigrad_ops_basic.linear_algebra.decompositions import pull_back_eigh
from minigrad_ops_basic.linear_algebra.eigenvalues import pull_back_eig, pull_back_eigvals
from minigrad_ops_basic.linear_algebra.eigenvectors import share_evenly
from minigrad_ops_basic.linear_algebra.hermitian import adjoint, fold_triangle, transpose

from .. import linalg
from . import references
from .structure import read_matrix

# Two complex eigenvalues and a real one; three real ones.
_PAIR = np.array([[1.0, -2.0, 0.5], [0.5, 1.5, -0.5], [0.25, 0.5, -1.0]])
_APART = np.array([[3.0, 0.5, -0.25], [0.75, 1.0, 0.5], [-0.5, 0.25, -2.0]])


class Eigh(Operation):
    """The eigenvalues w, ascending, and eigenvectors v (columns) of a v = b v diag(w), v^H b v = 1.

    a, b: (..., n, n), Hermitian, of which one triangle is read and has a gradient; b positive definite, 1 if
    missing. type: 1, or 2 for a b v = v diag(w), 3 for b a v = v diag(w). driver: as in SciPy.

    With the factor l l^H = b, the rule is that of the matrix l^-1 a l^-H (types 2 and 3: l^H a l), whose
    vectors are l^H v (type 3: l^-1 v). There is no gradient for the vectors of equal eigenvalues, see
    `numpy.linalg.eigh`; LAPACK makes one component of a complex vector of that matrix real.

    Raises
    ------
    numpy.linalg.LinAlgError
        b is not positive definite; in backward: two eigenvalues are equal, and their vectors have a gradient.
    """

    name = "eigh"
    takes_complex = True
    cases = (
        Case(a=real("n n")),
        Case(a=real("2 3 3"), lower=False),
        Case(a=real("3 3"), b=dominant("3 3")),
        Case(a=real("3 3"), b=dominant("3 3"), type=2, lower=False),
        Case(a=real("2 2 2"), b=dominant("2 2 2"), type=3),
    )
    reference = staticmethod(references.eigh)

    def forward(
        self,
        ctx: Context,
        a: Array,
        b: Array | None = None,
        *,
        lower: bool = True,
        type: int = 1,
        driver: str | None = None,
    ) -> tuple[Array, ...]:
        w, v = linalg.eigh(a, b, lower=lower, type=type, driver=driver)
        ctx.save(a, b, w, v, lower, type)
        return w, v

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Gradients:
        a, b, w, v, lower, kind = ctx.saved
        if b is None:
            return (fold_triangle(pull_back_eigh(w, v, grad, grads[0], not lower), not lower),)
        return pull_back_general(a, b, w, v, grad, grads[0], lower, kind, ctx.needs)


class Eigvalsh(Operation):
    """The eigenvalues of `eigh`, ascending. Equal eigenvalues share their gradient evenly."""

    name = "eigvalsh"
    takes_complex = True
    cases = Eigh.cases
    reference = staticmethod(references.eigvalsh)

    def forward(
        self,
        ctx: Context,
        a: Array,
        b: Array | None = None,
        *,
        lower: bool = True,
        type: int = 1,
        driver: str | None = None,
    ) -> Array:
        w = linalg.eigvalsh(a, b, lower=lower, type=type, driver=driver)
        ctx.save(a, b, lower, type)
        return w

    def backward(self, ctx: Context, grad: Array) -> Gradients:
        a, b, lower, kind = ctx.saved
        w, v = linalg.eigh(a, b, lower=lower, type=kind)
        if b is None:
            whole = (conjugate(v) * share_evenly(w, grad)[..., None, :]) @ transpose(v)
            return (fold_triangle(whole, not lower),)
        return pull_back_general(a, b, w, v, grad, np.zeros(v.shape, v.dtype), lower, kind, ctx.needs)


def pull_back_general(
    a: Any, b: Any, w: Any, v: Any, grad_w: Any, grad_v: Any, lower: bool, kind: int, needs: Any
) -> Gradients:
    """Return the gradients of a and b of the generalized problem, through the standard one."""
    a, b = (x if x.dtype.kind in "fc" else x.astype(w.dtype) for x in (a, b))  # SciPy takes bytes for float32

    def factor(b: Any) -> Any:
        return linalg.cholesky(b, lower=True) if lower else adjoint(linalg.cholesky(b))

    def reduce(a: Any, b: Any) -> Any:
        whole, left = read_matrix(a, assume_a="her", lower=lower), factor(b)
        if kind != 1:
            return adjoint(left) @ whole @ left
        half = linalg.solve_triangular(left, whole, lower=True)
        return adjoint(linalg.solve_triangular(left, adjoint(half), lower=True))

    def expand(b: Any, y: Any) -> Any:
        left = factor(b)
        return left @ y if kind == 3 else linalg.solve_triangular(left, y, trans=2, lower=True)

    left = factor(b)
    y = linalg.solve_triangular(left, v, lower=True) if kind == 3 else adjoint(left) @ v
    through_vectors: Any = pull_back(expand, (b, y), (needs[1], True), grad_v)
    inner = pull_back_eigh(w, y, grad_w, through_vectors[1], not lower)
    through_values: Any = pull_back(reduce, (a, b), needs, inner)
    return through_values[0], through_values[1] + through_vectors[0] if needs[1] else None


class Eig(Operation):
    """The eigenvalues w, complex, and eigenvectors v (columns, of length one) of square matrices.

    a: (..., n, n). v is real if all eigenvalues are. The rule is that of `numpy.linalg.eig`.

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: the matrix has fewer vectors than rows, or two eigenvalues are equal, and their vectors
        have a gradient.
    """

    name = "eig"
    takes_complex = True
    cases = (Case(a=_APART), Case(a=_PAIR), Case(a=np.stack([_PAIR, _APART])))
    reference = staticmethod(references.eig)

    def forward(self, ctx: Context, a: Array) -> tuple[Array, ...]:
        w, v = linalg.eig(a)
        ctx.save(w, v)
        return w, v

    def backward(self, ctx: Context, grad: Any, *grads: Array) -> Array:
        w, v = ctx.saved
        if v.dtype.kind != "c":  # all eigenvalues are real
            w, grad = np.real(w), np.real(grad)
        return pull_back_eig(w, v, grad, grads[0])


class Eigvals(Operation):
    """The eigenvalues of square matrices, complex, in the order of LAPACK; see `eig`."""

    name = "eigvals"
    takes_complex = True
    cases = Eig.cases
    reference = staticmethod(references.eigvals)

    def forward(self, ctx: Context, a: Array) -> Array:
        ctx.save(a)
        return linalg.eigvals(a)

    def backward(self, ctx: Context, grad: Array) -> Array:
        w, v = linalg.eig(ctx.saved[0])
        return pull_back_eigvals(w, v, grad)


class EighTridiagonal(Operation):
    """The eigenvalues w, ascending, and eigenvectors v of symmetric tridiagonal matrices.

    d is the diagonal and e the subdiagonal.

    d: (..., n); e: (..., n - 1). The gradient of w is v^2 summed; that of v follows from `eigh`.
    """

    name = "eigh_tridiagonal"
    cases = (Case(d=real("3"), e=real("2")), Case(d=real("2 4"), e=real("2 3")))
    reference = staticmethod(references.eigh_tridiagonal)

    def forward(self, ctx: Context, d: Array, e: Array) -> tuple[Array, ...]:
        w, v = linalg.eigh_tridiagonal(d, e)
        ctx.save(w, v)
        return w, v

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array, Array]:
        w, v = ctx.saved
        inner = pull_back_eigh(w, v, grad, grads[0], False)
        diagonals = (np.diagonal(inner, k, -2, -1) for k in (0, 1, -1))
        middle, above, below = diagonals
        return middle, above + below


class EigvalshTridiagonal(Operation):
    """The eigenvalues of `eigh_tridiagonal`. d/dd = v^2 @ grad, d/de = 2 v[:-1] v[1:] @ grad."""

    name = "eigvalsh_tridiagonal"
    cases = EighTridiagonal.cases
    reference = staticmethod(references.eigvalsh_tridiagonal)

    def forward(self, ctx: Context, d: Array, e: Array) -> Array:
        ctx.save(d, e)
        return linalg.eigvalsh_tridiagonal(d, e)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array, Array]:
        w, v = linalg.eigh_tridiagonal(*ctx.saved)
        grad = share_evenly(w, grad)[..., None, :]
        return np.sum(v**2 * grad, axis=-1), 2 * np.sum(v[..., :-1, :] * v[..., 1:, :] * grad, axis=-1)


OPERATIONS: tuple[Any, ...] = (
    Eigh(),
    Eigvalsh(),
    Eig(),
    Eigvals(),
    EighTridiagonal(),
    EigvalshTridiagonal(),
)


def eigh(
    a: Any,
    b: Any = None,
    *,
    eigvals_only: bool = False,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
    **settings: Any,
) -> Any:
    """Return the eigenvalues and the vectors, or those of a range of indices."""
    if subset_by_value is not None:
        raise ArgumentError(
            "eigh: the argument 'subset_by_value' is not supported for tensors; use subset_by_index"
        )
    chosen = slice(None)
    if subset_by_index is not None:
        low, high = map(int, subset_by_index)
        if not 0 <= low <= high < np.shape(a)[-1]:
            raise ArgumentError(
                f"eigh: subset_by_index is {[low, high]}; expected a range of {np.shape(a)[-1]} indices"
            )
        chosen = slice(low, high + 1)
    inputs = (a,) if b is None else (a, b)
    if eigvals_only:
        return OPERATIONS[1](*inputs, **settings)[..., chosen]
    w, v = OPERATIONS[0](*inputs, **settings)
    return w[..., chosen], v[..., chosen]


def eigvalsh(a: Any, b: Any = None, **settings: Any) -> Any:
    """Return the eigenvalues of `eigh`."""
    return eigh(a, b, eigvals_only=True, **settings)
