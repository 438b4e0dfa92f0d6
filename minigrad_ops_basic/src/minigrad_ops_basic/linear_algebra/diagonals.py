"""`diagonal` and `trace`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real

from ..function import NumpyFunction
from ..gather import Gather


class Diagonal(Gather):
    """The diagonal `offset` above the main one, of the matrices in `axis1` and `axis2`; a view.

    The diagonal is the last axis. d/dx = grad on the diagonal, zero elsewhere; the matrices need not be
    square.
    """

    returns_view = True
    takes_complex = True
    cases: Sequence[Case] = (
        Case(x=real("2 3")),
        Case(x=real("4 3"), offset=-1),
        Case(x=real("2 3 4"), offset=1, axis1=1, axis2=2),
    )

    def forward(self, ctx: Context, x: Array, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
        ctx.save(x.shape, lambda a: np.diagonal(a, offset, axis1, axis2))
        return np.diagonal(x, offset, axis1, axis2)


class MatrixDiagonal(Diagonal):
    """The diagonal `offset` above the main one, of the matrices in the last two axes; a view.

    d/dx = grad on the diagonal, zero elsewhere.
    """

    cases = (Case(x=real("2 3")), Case(x=real("2 4 3"), offset=-1))

    def forward(self, ctx: Context, x: Array, *, offset: int = 0) -> Array:  # type: ignore[override]  # the axes are fixed, as in NumPy
        return super().forward(ctx, x, offset=offset, axis1=-2, axis2=-1)


class Trace(NumpyFunction):
    """The sum of the diagonal `offset` above the main one, of the matrices in `axis1` and `axis2`.

    d/dx = grad on the diagonal, zero elsewhere; the matrices need not be square.
    """

    takes_complex = True
    cases: Sequence[Case] = (
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
        ctx.save(x.shape, offset, axis1, axis2)
        return np.trace(x, offset, axis1, axis2, dtype)

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, offset, axis1, axis2 = ctx.saved
        ones = np.eye(shape[axis1], shape[axis2], offset, dtype=grad.dtype)
        return np.moveaxis(np.reshape(grad, (*np.shape(grad), 1, 1)) * ones, (-2, -1), (axis1, axis2))


class MatrixTrace(Trace):
    """The sum of the diagonal `offset` above the main one, of the matrices in the last two axes.

    d/dx = grad on the diagonal, zero elsewhere.
    """

    cases = (Case(x=real("2 3")), Case(x=real("2 4 3"), offset=-1))

    def forward(  # type: ignore[override]  # the axes are fixed, as in NumPy
        self, ctx: Context, x: Array, *, offset: int = 0, dtype: DTypeLike | None = None
    ) -> Array:
        return super().forward(ctx, x, offset=offset, axis1=-2, axis2=-1, dtype=dtype)


diagonal = Diagonal(np.diagonal)
matrix_diagonal = MatrixDiagonal(np.linalg.diagonal, name="matrix_diagonal")
trace = Trace(np.trace)
matrix_trace = MatrixTrace(np.linalg.trace, name="matrix_trace")
