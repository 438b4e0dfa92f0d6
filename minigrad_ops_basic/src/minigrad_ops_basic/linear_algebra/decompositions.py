"""Matrix decompositions, of stacks of matrices.

The rules are those of M. Giles, An extended collection of matrix derivative results for forward and reverse
mode automatic differentiation (2008), and S. Walter, L. Lehmann, R. Lamour, On evaluating higher-order
derivatives of the QR decomposition (2012). For equal eigenvalues and singular values, see `eigenvectors`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, dominant, real
from minigrad_core.errors import ArgumentError

from ..dtypes import conjugate, detach
from ..function import NumpyFunction
from .eigenvectors import fix_phase, invert_gaps, mask_row, share_evenly
from .hermitian import adjoint, fold_triangle, halve_diagonal, transpose


class Cholesky(NumpyFunction):
    """The lower triangular l with l l^H = x (`upper`: its adjoint), of positive definite matrices.

    NumPy reads the lower triangle of x alone (`upper`: the upper one), so only that triangle has a gradient.
    An element off the diagonal has the gradients of both elements of x. For symmetric changes of x, d/dx =
    l^-T phi(l^T grad) conj(l^-1), with phi the lower triangle, the diagonal halved.
    """

    takes_complex = True
    cases = (Case(x=dominant("n n")), Case(x=dominant("2 3 3"), upper=True))

    def forward(self, ctx: Context, x: Array, *, upper: bool = False) -> Array:
        factor = np.linalg.cholesky(x, upper=upper)
        ctx.save(factor, upper)
        return factor

    def backward(self, ctx: Context, grad: Array) -> Array:
        factor, upper = ctx.saved
        lower, grad = (adjoint(factor), adjoint(grad)) if upper else (factor, grad)
        phi = halve_diagonal(transpose(lower) @ grad)
        inverse = np.linalg.inv(lower)  # faster than two solves: NumPy has none for triangles
        return fold_triangle(transpose(inverse) @ phi @ conjugate(inverse), upper)


class Eigh(NumpyFunction):
    """The eigenvalues w, ascending, and eigenvectors v (columns) of symmetric and Hermitian matrices.

    NumPy reads the triangle `UPLO` ("L" or "U") alone, so only that triangle has a gradient. An element off
    the diagonal has the gradients of both elements of x. For symmetric changes of x,
    d/dx = conj(v) (diag(grad_w) + (v^T grad_v) / (w_j - w_i)) v^T, the second term without its diagonal;
    LinAlgError where this divides by the difference of equal values. LAPACK makes the first component of a
    complex vector real ("U": the last), see `eigenvectors`.
    """

    takes_complex = True
    cases = (Case(x=real("n n"), UPLO="u"), Case(x=real("n n")), Case(x=real("2 3 3")))

    def forward(self, ctx: Context, x: Array, *, UPLO: Any = "L") -> tuple[Array, ...]:  # noqa: N803 - NumPy's name
        result = np.linalg.eigh(x, UPLO)
        ctx.save(*result, UPLO)
        return result

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        w, v, uplo = ctx.saved
        (grad_v,) = grads
        upper = uplo.upper() == "U"
        return fold_triangle(pull_back_eigh(w, v, grad, grad_v, upper), upper)


def pull_back_eigh(w: Array, v: Array, grad_w: Array, grad_v: Array, upper: bool) -> Array:
    """Return the d/dx of the docstring of `Eigh` for the whole matrix, of which LAPACK read one triangle."""
    vt, n = transpose(v), w.shape[-1]
    if v.dtype.kind == "c":
        turn = np.sum(v * grad_v, axis=-2)
        grad_v = fix_phase(v, grad_v, turn, mask_row(n, (n - 1) * upper), name="eigh")
    turns = vt @ grad_v
    inner = np.eye(n, dtype=w.dtype) * share_evenly(w, grad_w)[..., None]
    inner = inner + turns * invert_gaps(w, turns, name="eigh")
    return conjugate(v) @ inner @ vt


class Eigvalsh(NumpyFunction):
    """The eigenvalues w, ascending, of symmetric and Hermitian matrices; see `eigh`.

    d/dx = conj(v) diag(grad) v^T, v the eigenvectors; equal eigenvalues share their gradient evenly.
    """

    takes_complex = True
    cases = Eigh.cases

    def forward(self, ctx: Context, x: Array, *, UPLO: Any = "L") -> Array:  # noqa: N803 - NumPy's name
        ctx.save(x, UPLO)
        return np.linalg.eigvalsh(x, UPLO)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, uplo = ctx.saved
        w, v = np.linalg.eigh(x, uplo)
        whole = (conjugate(v) * np.expand_dims(share_evenly(w, grad), -2)) @ transpose(v)
        return fold_triangle(whole, uplo.upper() == "U")


class Qr(NumpyFunction):
    """The QR decomposition: q with orthonormal columns, r upper triangular.

    mode: "reduced", or "r" for r alone. With m = q^T grad_q - grad_r r^T, and phi the lower triangle, the
    diagonal halved, d/dx = conj(q) grad_r + (grad_q - conj(q) q^T grad_q + conj(q) phi(m - m^H)) r^-T. For
    fewer rows than columns,
    x = [a | b] with a square: d/da by this rule, with conj(b) grad_r_b^H added to grad_q, and
    d/db = conj(q) grad_r_b. LAPACK makes the diagonal of r real. There is no gradient where the first
    columns depend on one another.

    Raises
    ------
    numpy.linalg.LinAlgError
        In backward: the first columns depend on one another.
    """

    takes_complex = True
    # Square matrices are dominant: r^-T is large where the columns nearly depend on one another.
    cases = (
        Case(x=dominant("n n")),
        Case(x=real("4 2")),
        Case(x=real("2 3")),
        Case(x=dominant("2 3 3")),
        Case(x=real("2 1 2 4")),
        Case(x=real("2 4 3")),
        Case(x=real("3 2"), mode="r"),
    )

    def forward(self, ctx: Context, x: Array, *, mode: Any = "reduced") -> Any:
        if mode not in ("reduced", "r"):
            if True in ctx.needs:
                raise ArgumentError(f"qr: mode {mode!r} has no gradient; expected 'reduced' or 'r'")
            return np.linalg.qr(x, mode)
        q, r = result = np.linalg.qr(x)
        ctx.save(x, q, r)
        return result if mode == "reduced" else r

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> Array:
        x, q, r = ctx.saved
        grad_q, grad_r = (grad, grads[0]) if grads else (np.zeros(q.shape, grad.dtype), grad)
        return pull_back_qr(x, q, r, grad_q, grad_r)


def pull_back_qr(x: Array, q: Array, r: Array, grad_q: Array, grad_r: Array) -> Array:
    """Return the d/dx of the docstring of `Qr`."""
    n = q.shape[-1]
    grad_q = grad_q + conjugate(x[..., n:]) @ adjoint(grad_r[..., n:])
    first = _pull_back_square_qr(q, r[..., :n], grad_q, grad_r[..., :n])
    return np.concatenate([first, conjugate(q) @ grad_r[..., n:]], axis=-1)


def _pull_back_square_qr(q: Array, r: Array, grad_q: Array, grad_r: Array) -> Array:
    diagonal = np.abs(np.diagonal(detach(r), axis1=-2, axis2=-1))
    rounding = r.shape[-1] * np.finfo(r.dtype).eps * np.max(np.abs(detach(r)), axis=(-2, -1), initial=0)
    if np.any(np.min(diagonal, axis=-1, initial=np.inf) <= rounding):
        raise np.linalg.LinAlgError("qr: the first columns depend on one another, so there is no gradient")
    grad_r = np.triu(grad_r)
    along_q = transpose(q) @ grad_q  # the components of grad_q in the space of the columns of q
    turn = along_q - grad_r @ transpose(r)
    # The last column is 0 for real values, so that a last column of x that nearly depends on the others makes
    # nothing large. In (grad_q + conj(q copyltu(-m^T))) r^-T, which is equal, large terms cancel.
    rest = conjugate(q) @ halve_diagonal(turn - adjoint(turn))
    if (
        q.shape[-2] > q.shape[-1]
    ):  # for a square q the difference is rounding, which a small r would make large
        rest = rest + (grad_q - conjugate(q) @ along_q)
    return conjugate(q) @ grad_r + transpose(np.linalg.solve(r, transpose(rest)))


cholesky = Cholesky(np.linalg.cholesky)
eigh = Eigh(np.linalg.eigh)
eigvalsh = Eigvalsh(np.linalg.eigvalsh)
qr = Qr(np.linalg.qr)
