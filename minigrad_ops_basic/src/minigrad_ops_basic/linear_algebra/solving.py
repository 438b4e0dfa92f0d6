"""`solve`, `inv` and `pinv`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, vjp
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, dominant, real
from minigrad_core.effects import predicate

from ..dtypes import conjugate, detach
from ..function import NumpyFunction
from ..no_value import NO_VALUE
from .hermitian import adjoint, fold_triangle, mirror_lower, transpose


class Inv(NumpyFunction):
    """The inverse matrices y. d/dx = -y^T grad y^T."""

    takes_complex = True
    cases = (Case(x=dominant("n n")), Case(x=dominant("2 3 3")), Case(x=real("3 3")))

    def forward(self, ctx: Context, x: Array) -> Array:
        y = np.linalg.inv(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        y = transpose(ctx.saved[0])
        return -(y @ grad @ y)


class Pinv(NumpyFunction):
    """The Moore-Penrose inverses p of matrices of any shape, whose rank must not change nearby.

    d/dx = -p^T grad p^T + conj((1 - x p) grad^T p p^H + p^H p grad^T (1 - p x)), where only zeros are cut
    off: Golub and Pereyra, The differentiation of pseudo-inverses (SIAM J. Numer. Anal. 10, 1973), equation
    4.12. If other singular values are cut off, the rule differentiates the singular value decomposition.

    rcond, rtol: as in NumPy. hermitian: the matrices are symmetric; the lower triangle alone is read and has
    a gradient, see `eigh`.
    """

    takes_complex = True
    cases = (
        Case(x=real("2 3")),
        Case(x=real("3 2")),
        Case(x=real("2 2 3")),
        Case(x=real("0 0")),
        Case(x=dominant("3 3"), hermitian=True),
        Case(x=np.array([[3.0, 9.0], [0.5, 0.5]]), hermitian=True, rcond=0.5),
        Case(x=np.array([[3.0, 0.5, 0.25], [0.0, 0.5, 1.0]]), rcond=0.5),
        Case(x=1e-14 * np.array([[3.0, 0.5, 0.25], [0.25, 0.5, 1.0]]), rtol=0.5),
        Case(x=np.array([[0.0, 2.0], [-2.0, 0.0]])),
        Case(
            x=np.array([[[3.0, 0.5, 0.25], [0.0, 0.5, 1.0]], [[1.0, 0.0, 0.5], [0.25, 2.0, 0.0]]]), rcond=0.5
        ),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        rcond: Any = None,
        hermitian: bool = False,
        rtol: Any = NO_VALUE,
    ) -> Array:
        p = np.linalg.pinv(x, rcond, hermitian, rtol=rtol)
        ctx.save(x, p, hermitian)
        return p

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, p, hermitian = ctx.saved
        return pull_back_pinv(x, p, hermitian, grad)


def pull_back_pinv(x: Array, p: Array, hermitian: bool, grad: Array) -> Array:
    """Return the d/dx of the docstring of `Pinv`."""
    whole = mirror_lower(x) if hermitian else x
    if _is_truncated(detach(whole), detach(p)):
        rank = np.round(np.trace(detach(whole @ p), axis1=-2, axis2=-1))
        # Scaled to size 1: the gradient of the SVD has fourth powers, which underflow in float32 at 1e-14.
        scale = np.max(np.abs(detach(whole)))
        _, pullback = vjp(lambda x: _invert_truncated(x / scale, rank, hermitian) / scale, x)
        return pullback(grad)
    pt, gt = transpose(p), transpose(grad)
    # Products with the projections 1 - x p and 1 - p x, written out.
    ph = adjoint(p)
    left = gt @ (p @ ph)
    right = (ph @ p) @ gt
    grad_x = conjugate((left - whole @ (p @ left)) + (right - (right @ p) @ whole)) - pt @ grad @ pt
    return fold_triangle(grad_x) if hermitian else grad_x


@predicate
def _is_truncated(x: Any, p: Any) -> bool:
    """Return whether the pseudo-inverse leaves out more of x than rounding does."""
    left_out = np.max(np.abs(x - x @ p @ x), initial=0)
    return bool(left_out > 1000 * np.finfo(x.dtype).eps * np.max(np.abs(x), initial=0))


def _invert_truncated(x: Any, rank: Any, hermitian: bool) -> Array:
    """Return the pseudo-inverse of x made of its `rank` largest singular values."""
    u, s, vh = np.linalg.svd(x, full_matrices=False, hermitian=hermitian)
    is_kept = np.arange(s.shape[-1]) < np.expand_dims(rank, -1)
    inverse = np.where(is_kept, 1 / np.where(is_kept, s, 1), 0)
    return adjoint(vh) @ (np.expand_dims(inverse, -1) * adjoint(u))


class Solve(NumpyFunction):
    """The solution y of `a y = b`, for a vector b or the columns of matrices b.

    d/db = a^-T grad =: h; d/da = -h y^T.
    """

    takes_complex = True
    cases = (
        Case(a=dominant("n n"), b=real("n")),
        Case(a=dominant("3 3"), b=real("3 2")),
        Case(a=dominant("2 3 3"), b=real("3")),
        Case(a=dominant("2 3 3"), b=real("3 2")),
        Case(a=real("3 3"), b=real("2 3 1")),
    )

    def forward(self, ctx: Context, a: Array, b: Array) -> Array:
        y = np.linalg.solve(a, b)
        ctx.save(a, y, b.shape)
        return y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        a, y, shape = ctx.saved
        if len(shape) == 1:  # a vector, for any stack of matrices
            grad, y = np.expand_dims(grad, -1), np.expand_dims(y, -1)
        h = np.linalg.solve(transpose(a), grad)
        grad_a = unbroadcast(-(h @ transpose(y)), a.shape) if ctx.needs[0] else None
        if not ctx.needs[1]:
            return grad_a, None
        return grad_a, unbroadcast(h[..., 0] if len(shape) == 1 else h, shape)


inv = Inv(np.linalg.inv)
pinv = Pinv(np.linalg.pinv)
solve = Solve(np.linalg.solve)
