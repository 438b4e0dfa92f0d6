"""Diagonals, the sum over one, and the triangles on either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..gathering import Gather, scattered_flat

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


class Diagonal(Gather):
    """The diagonal `offset` above the main one, of the matrices in `axis1` and `axis2`, as the last axis; a
    view.

    d/dx = grad on the diagonal, zero elsewhere; the matrices need not be square.
    """

    name = "diagonal"
    implements = (np.diagonal,)
    returns_view = True
    takes_complex = True
    cases = (
        Case(x=real("2 3")),
        Case(x=real("4 3"), offset=-1),
        Case(x=real("2 3 4"), offset=1, axis1=1, axis2=2),
    )

    def forward(self, ctx: Context, x: Array, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
        """Return the diagonal."""
        ctx.save(x.shape, lambda a: np.diagonal(a, offset, axis1, axis2))
        return np.diagonal(x, offset, axis1, axis2)


class MatrixDiagonal(Gather):
    """The diagonal `offset` above the main one, of the matrices in the last two axes; a view. d/dx = grad on
    the diagonal, zero elsewhere.
    """

    name = "matrix_diagonal"
    implements = (np.linalg.diagonal,)
    returns_view = True
    takes_complex = True
    cases = (Case(x=real("2 3")), Case(x=real("2 4 3"), offset=-1))

    def forward(self, ctx: Context, x: Array, *, offset: int = 0) -> Array:
        """Return the diagonals."""
        ctx.save(x.shape, lambda a: np.diagonal(a, offset, -2, -1))
        return np.diagonal(x, offset, -2, -1)


class Trace(Operation):
    """The sum of the diagonal `offset` above the main one, of the matrices in `axis1` and `axis2`.

    d/dx = grad on the diagonal, zero elsewhere; the matrices need not be square.
    """

    name = "trace"
    implements = (np.trace,)
    takes_complex = True
    cases = (
        Case(x=real("2 3")),
        Case(x=real("4 3"), offset=-1),
        Case(x=real("2 3 4"), offset=1, axis1=2, axis2=0),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        offset: int = 0,
        axis1: int = 0,
        axis2: int = 1,
        dtype: DTypeLike | None = None,
    ) -> Array:
        """Return the sum."""
        ctx.save(x.shape, offset, axis1, axis2)
        return np.trace(x, offset, axis1, axis2, dtype)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient on the diagonal."""
        shape, offset, axis1, axis2 = ctx.saved
        on = np.eye(shape[axis1], shape[axis2], offset, dtype=grad.dtype)
        return np.moveaxis(np.reshape(grad, (*np.shape(grad), 1, 1)) * on, (-2, -1), (axis1, axis2))


class MatrixTrace(Operation):
    """The sum of the diagonal `offset` above the main one, of the matrices in the last two axes.

    d/dx = grad on the diagonal, zero elsewhere.
    """

    name = "matrix_trace"
    implements = (np.linalg.trace,)
    takes_complex = True
    cases = (Case(x=real("2 3")), Case(x=real("2 4 3"), offset=-1))

    def forward(self, ctx: Context, x: Array, *, offset: int = 0, dtype: DTypeLike | None = None) -> Array:
        """Return the sums."""
        ctx.save(x.shape, offset)
        return np.trace(x, offset, -2, -1, dtype)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient on the diagonals."""
        shape, offset = ctx.saved
        return np.reshape(grad, (*np.shape(grad), 1, 1)) * np.eye(
            shape[-2], shape[-1], offset, dtype=grad.dtype
        )


class Diag(Operation):
    """The diagonal of a matrix, or the square matrix with the vector on its diagonal; `k` above the main one.

    d/dx = grad on the diagonal of the input (zero elsewhere), or the diagonal of grad.
    """

    name = "diag"
    implements = (np.diag,)
    takes_complex = True
    cases = (Case(x=real("2 3")), Case(x=real("4 3"), k=-1), Case(x=real("3")), Case(x=real("2"), k=1))

    def forward(self, ctx: Context, x: Array, *, k: int = 0) -> Array:
        """Return the diagonal, or the matrix."""
        ctx.save(x.shape, k)
        return np.diag(x, k).copy()

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient on the diagonal, or its diagonal."""
        shape, k = ctx.saved
        if len(shape) == 1:
            return np.diagonal(grad, k).copy()
        return scattered_flat(grad, shape, np.diag(np.arange(shape[0] * shape[1]).reshape(shape), k))


class Diagflat(Operation):
    """The square matrix with the flattened values on the diagonal `k` above the main one.

    d/dx = the diagonal of grad.
    """

    name = "diagflat"
    implements = (np.diagflat,)
    takes_complex = True
    cases = (Case(x=real("2 3")), Case(x=real("2"), k=-1))

    def forward(self, ctx: Context, x: Array, *, k: int = 0) -> Array:
        """Return the matrix."""
        ctx.save(x.shape, k)
        return np.diagflat(x, k)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the diagonal of the gradient."""
        shape, k = ctx.saved
        return np.reshape(np.diagonal(grad, k), shape).copy()


class Tril(Operation):
    """The matrices with zeros above the diagonal `k` above the main one. d/dx = grad with the same zeros."""

    name = "tril"
    implements = (np.tril,)
    takes_complex = True
    cases = (Case(x=real("2 3")), Case(x=real("2 4 3"), k=-1), Case(x=real("3"), k=1))

    def forward(self, ctx: Context, x: Array, *, k: int = 0) -> Array:
        """Return the lower triangles."""
        mask = np.tri(*_square(x.shape), k=k, dtype=bool)
        ctx.save(mask, x.shape)
        return np.where(mask, x, np.zeros(1, x.dtype))

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the lower triangles of the gradient."""
        mask, shape = ctx.saved
        return _from_square(np.where(mask, grad, 0), shape)


class Triu(Operation):
    """The matrices with zeros below the diagonal `k` above the main one. d/dx = grad with the same zeros."""

    name = "triu"
    implements = (np.triu,)
    takes_complex = True
    cases = Tril.cases

    def forward(self, ctx: Context, x: Array, *, k: int = 0) -> Array:
        """Return the upper triangles."""
        mask = ~np.tri(*_square(x.shape), k=k - 1, dtype=bool)
        ctx.save(mask, x.shape)
        return np.where(mask, x, np.zeros(1, x.dtype))

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the upper triangles of the gradient."""
        mask, shape = ctx.saved
        return _from_square(np.where(mask, grad, 0), shape)


def _square(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the shape of the matrices; NumPy repeats a vector to a square one."""
    rows, columns = (*shape, *shape)[-2:] if len(shape) == 1 else shape[-2:]
    return rows, columns


def _from_square(grad: Array, shape: tuple[int, ...]) -> Array:
    """Return the gradient of a vector that was repeated to a square matrix, or of the matrices themselves."""
    return grad if len(shape) > 1 else grad.sum(axis=0)


diagonal = Diagonal()
matrix_diagonal = MatrixDiagonal()
trace = Trace()
matrix_trace = MatrixTrace()
diag = Diag()
diagflat = Diagflat()
tril = Tril()
triu = Triu()
