"""Singular values and vectors of stacks of matrices of any shape; `decompositions` names the sources."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, dominant, real
from minigrad_core.errors import DifferentiabilityError

from ..dtypes import conjugate, detach
from ..function import NumpyFunction
from ..nan_safe import invert_or_zero
from .eigenvectors import fix_phase, invert_gaps, mask_row
from .hermitian import adjoint, fold_triangle, transpose


class Svd(NumpyFunction):
    """The singular value decomposition u diag(s) vh of the matrices; `compute_uv=False`: s alone, descending.

    With k = u^T grad_u, m = v^T grad_v, skew(a) = a - a^H and e_ij = s_j^2 - s_i^2, d/dx =
    conj(u) (diag(grad_s + i im(k)/s) + skew(k) / e diag(s) + diag(s) skew(m) / e) v^T
    + (grad_u - conj(u) k) diag(1/s) v^T + conj(u) diag(1/s) (grad_v - conj(v) m)^H.
    The two vectors of a singular value are defined up to a common sign; a loss must not depend on it. LAPACK
    makes the first component of a complex v real or, for fewer rows than columns and for `hermitian`, that of
    u, see `eigenvectors`. There is no gradient for the vectors of equal values, see `eigenvectors`, nor for
    the vectors that `full_matrices` adds to the smaller side.
    hermitian: the matrices are symmetric; the lower triangle alone is read and has a gradient, see `eigh`.
    """

    takes_complex = True
    cases = (
        Case(x=real("2 3 3")),
        Case(x=real("2 3"), full_matrices=False),
        Case(x=real("3 2"), full_matrices=False),
        Case(x=real("3 3"), compute_uv=False),
        Case(x=dominant("3 3"), hermitian=True),
        Case(x=np.array([[0.0, 0.0], [0.0, 2.0]])),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        full_matrices: bool = True,
        compute_uv: bool = True,
        hermitian: bool = False,
    ) -> Any:
        refuse_infinite(x)
        result = np.linalg.svd(x, full_matrices, compute_uv, hermitian)  # type: ignore[call-overload]  # NumPy's stub knows no tensor
        ctx.save(x, hermitian, result if compute_uv else None)
        return result

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        x, hermitian, result = ctx.saved
        if result is None:
            grad_x = pull_back_svdvals(*np.linalg.svd(x, full_matrices=False, hermitian=hermitian), grad)
        else:
            (u, s, vh), (grad_s, grad_vh) = result, grads
            grad_x = pull_back_svd(u, s, vh, grad, grad_s, grad_vh, hermitian)
        return fold_triangle(grad_x) if hermitian else grad_x


def refuse_infinite(*arrays: Array) -> None:
    """Raise LinAlgError for NaN and infinities, on which LAPACK's iteration (gesdd) may never end."""
    if not all(np.all(np.isfinite(x)) for x in arrays):
        raise np.linalg.LinAlgError("SVD did not converge: the matrix has values that are not finite")


def pull_back_svdvals(u: Array, s: Array, vh: Array, grad: Array) -> Array:
    """Return conj(u diag(grad) vh), 0 for a singular value of 0, like a norm at the origin."""
    return conjugate((u * np.expand_dims(np.where(s == 0, 0, grad), -2)) @ vh)


def pull_back_svd(
    u: Array, s: Array, vh: Array, grad_u: Array, grad_s: Array, grad_vh: Array, hermitian: bool
) -> Array:
    """Return the d/dx of the docstring of `Svd`."""
    n, grad_v = s.shape[-1], adjoint(grad_vh)
    if np.any(detach(grad_u[..., n:])) or np.any(detach(grad_v[..., n:])):
        raise DifferentiabilityError(
            "svd: the vectors that full_matrices adds have no gradient; use full_matrices=False"
        )
    u, grad_u, v, grad_v = (a[..., :n] for a in (u, grad_u, adjoint(vh), grad_v))
    ut, vt = transpose(u), transpose(v)
    if u.dtype.kind == "c":
        turn = np.sum(u * grad_u, axis=-2) + np.sum(v * grad_v, axis=-2)
        first = hermitian or u.shape[-2] < v.shape[-2]
        side, grad_side = (u, grad_u) if first else (v, grad_v)
        grad_side = fix_phase(side, grad_side, turn, mask_row(side.shape[-2], 0), name="svd")
        grad_u, grad_v = (grad_side, grad_v) if first else (grad_u, grad_side)
    rows, columns = np.expand_dims(s, -2), np.expand_dims(s, -1)
    inverse = np.expand_dims(invert_or_zero(s), -2)
    k, m = ut @ grad_u, vt @ grad_v
    sums = rows + columns
    gaps = invert_gaps(s, k, m, name="svd") / np.where(sums == 0, 1, sums)
    core = (k - adjoint(k)) * gaps * rows + columns * ((m - adjoint(m)) * gaps)
    one = np.eye(s.shape[-1], dtype=s.dtype)
    core = core + one * np.where(s == 0, 0, grad_s)[..., None]
    if u.dtype.kind == "c":  # the rotation of u against v
        core = core + one * (np.imag(k) * inverse * 1j)
    grad_x = conjugate(u) @ core @ vt
    if u.shape[-2] > n:  # for a square u the difference is rounding, which a small s would make large
        grad_x = grad_x + ((grad_u - conjugate(u) @ k) * inverse) @ vt
    if v.shape[-2] > n:
        grad_x = grad_x + conjugate(u) @ adjoint((grad_v - conjugate(v) @ m) * inverse)
    return grad_x


class Svdvals(NumpyFunction):
    """The singular values, descending. d/dx = conj(u diag(grad) v^H), with the singular vectors u and v."""

    takes_complex = True
    cases = (Case(x=real("3 3")), Case(x=real("2 2 3")), Case(x=np.diag([1.0, -3.0])))

    def forward(self, ctx: Context, x: Array) -> Array:
        refuse_infinite(x)
        ctx.save(x)
        return np.linalg.svdvals(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return pull_back_svdvals(*np.linalg.svd(ctx.saved[0], full_matrices=False), grad)


svd = Svd(np.linalg.svd)
svdvals = Svdvals(np.linalg.svdvals)
