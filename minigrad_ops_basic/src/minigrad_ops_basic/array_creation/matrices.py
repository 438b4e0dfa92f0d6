"""`diag`, `diagflat`, `tril` and `triu`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real

from ..dtypes import widen_half
from ..function import NumpyFunction
from ..gather import scatter_flat
from ..nan_safe import apply_mask


class Diag(NumpyFunction):
    """The diagonal of a matrix, or the square matrix with a vector on its diagonal, `k` above the main one.

    d/dx = grad on the diagonal of a matrix, zero elsewhere; for a vector the diagonal of grad.
    """

    takes_complex = True
    cases = (Case(x=real("2 3")), Case(x=real("4 3"), k=-1), Case(x=real("3")), Case(x=real("2"), k=1))

    def forward(self, ctx: Context, x: Array, *, k: int = 0) -> Array:
        ctx.save(x.shape, k)
        return np.diag(x, k).copy()

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, k = ctx.saved
        if len(shape) == 1:
            return np.diagonal(grad, k).copy()
        return scatter_flat(grad, shape, np.diag(np.arange(shape[0] * shape[1]).reshape(shape), k))


class Diagflat(NumpyFunction):
    """The square matrix with the flattened values on its diagonal, `k` above the main one.

    d/dx = the diagonal of grad.
    """

    takes_complex = True
    cases = (Case(x=real("2 3")), Case(x=real("2"), k=-1))

    def forward(self, ctx: Context, x: Array, *, k: int = 0) -> Array:
        ctx.save(x.shape, k)
        return np.diagflat(x, k)

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, k = ctx.saved
        return np.reshape(np.diagonal(grad, k), shape).copy()


class Triangle(NumpyFunction):
    """`tril` and `triu`: the matrices with zeros above or below the diagonal, `k` above the main one.

    d/dx = grad with the same zeros.
    """

    takes_complex = True
    cases = (Case(x=real("2 3")), Case(x=real("2 4 3"), k=-1), Case(x=real("3"), k=1))

    def __init__(self, function: Callable[..., Any], *, upper: bool) -> None:
        super().__init__(function)
        self.upper = upper

    def forward(self, ctx: Context, x: Array, *, k: int = 0) -> Array:
        mask = np.tri(*_find_square_shape(x.shape), k - self.upper, bool)
        mask ^= self.upper
        ctx.save(mask, x.shape)
        return apply_mask(x, mask)

    def backward(self, ctx: Context, grad: Array) -> Array:
        mask, shape = ctx.saved
        return _sum_repeated_rows(apply_mask(grad, mask), shape)


def _find_square_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the shape of the matrices; NumPy repeats a vector to a square one."""
    rows, columns = (*shape, *shape)[-2:]
    return rows, columns


def _sum_repeated_rows(grad: Array, shape: tuple[int, ...]) -> Array:
    """Return the gradient of the matrices, or of the vector that NumPy repeats to a square matrix."""
    return grad if len(shape) > 1 else widen_half(grad).sum(axis=0)


diag = Diag(np.diag)
diagflat = Diagflat(np.diagflat)
tril = Triangle(np.tril, upper=False)
triu = Triangle(np.triu, upper=True)
