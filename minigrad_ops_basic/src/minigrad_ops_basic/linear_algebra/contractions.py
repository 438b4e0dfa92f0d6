"""`dot`, `inner`, `tensordot` and `multi_dot`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real

from ..composite import Composite
from ..dtypes import as_arrays, cast, promote
from ..function import NumpyFunction
from .matmul import pull_back_matmul

Axes: TypeAlias = int | Sequence[int | Sequence[int]]
AxisTuple: TypeAlias = tuple[int, ...]


class Contraction(NumpyFunction):
    """The rule of all sums of products over pairs of axes.

    grad has the free axes of x, then the free axes of y. d/dx = grad contracted with y over the free axes of
    y; d/dy = grad contracted with x over the free axes of x.
    """

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y, axes_x, axes_y = ctx.saved
        free_x, free_y = _list_free_axes(x.ndim, axes_x), _list_free_axes(y.ndim, axes_y)
        n = len(free_x)
        return (
            _contract_gradient(grad, y, tuple(range(n, grad.ndim)), free_y, free_x, axes_x, axes_y)
            if ctx.needs[0]
            else None,
            _contract_gradient(grad, x, tuple(range(n)), free_x, free_y, axes_y, axes_x)
            if ctx.needs[1]
            else None,
        )


def _list_free_axes(ndim: int, contracted: AxisTuple) -> AxisTuple:
    return tuple(a for a in range(ndim) if a not in contracted)


def _contract_gradient(
    grad: Any,
    other: Any,
    in_grad: AxisTuple,
    in_other: AxisTuple,
    free: AxisTuple,
    own: AxisTuple,
    others: AxisTuple,
) -> Array:
    """Return grad contracted with `other` over the free axes of `other`, in the order of the own axes.

    The product has the free axes of the factor, then its contracted axes in the order of `other`.
    """
    product = np.tensordot(grad, other, (in_grad, in_other))
    axes = free + tuple(own[i] for i in np.argsort(others))
    return np.transpose(product, tuple(np.argsort(axes))) if axes else product


class TensorDot(Contraction):
    """The sum of x y over pairs of axes.

    axes: the number of last axes of x and first axes of y, or a list of axes of each.

    d/dx, d/dy: see `Contraction`.
    """

    takes_complex = True
    cases = (
        Case(x=real("2 3 4"), y=real("3 4 2")),
        Case(x=real("2 3"), y=real("3 2 4"), axes=1),
        Case(x=real("2 3"), y=real("4 2"), axes=0),
        Case(x=real("2 3 4"), y=real("4 5 2"), axes=((0, 2), (2, 0))),
        Case(x=real("2 3 4"), y=real("5 3"), axes=(1, -1)),
    )

    def forward(self, ctx: Context, x: Array, y: Array, *, axes: Axes = 2) -> Array:
        ctx.save(x, y, *_normalize_pairs(axes, x.ndim, y.ndim))
        return np.tensordot(x, y, axes)  # type: ignore[arg-type]  # NumPy's stub knows no tensor


def _normalize_pairs(axes: Any, x_ndim: int, y_ndim: int) -> tuple[AxisTuple, AxisTuple]:
    """Return the contracted axes of both, as non-negative numbers."""
    if isinstance(axes, (int, np.integer)):
        return tuple(range(x_ndim - int(axes), x_ndim)), tuple(range(int(axes)))
    axes_x, axes_y = (np.atleast_1d(a) for a in axes)
    return tuple(a % x_ndim for a in axes_x), tuple(a % y_ndim for a in axes_y)


class Dot(Contraction):
    """The sum of x y over the last axis of x and the last but one axis of y; the product with a 0-d array.

    A vector y is summed over its only axis.

    d/dx = grad contracted with y, d/dy = with x.
    """

    takes_complex = True
    cases = (
        Case(x=real("k"), y=real("k")),
        Case(x=real("n k"), y=real("k m")),
        Case(x=real("2 3 k"), y=real("k")),
        Case(x=real("2 k"), y=real("3 k 2")),
        Case(x=real(""), y=real("n k")),
        Case(x=real("n"), y=3),
    )

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        x, y = as_arrays(x, y)
        contracted = ((x.ndim - 1,), (max(y.ndim - 2, 0),)) if x.ndim and y.ndim else ((), ())
        ctx.save(x, y, *contracted)
        return np.dot(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        # The rule of matmul takes a fifth of the time for vectors and matrices.
        x, y, *_ = ctx.saved
        if x.ndim in (1, 2) and y.ndim in (1, 2):
            return pull_back_matmul(grad, x, y, *ctx.needs)
        return super().backward(ctx, grad)


class Inner(Contraction):
    """The sum of x y over the last axes of both; the product with a 0-d array.

    d/dx = grad contracted with y, d/dy = with x.
    """

    takes_complex = True
    cases = (
        Case(x=real("k"), y=real("k")),
        Case(x=real("n k"), y=real("m k")),
        Case(x=real("2 3 k"), y=real("k")),
        Case(x=real("n k"), y=real("")),
        Case(x=real("n"), y=3),
    )

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        x, y = as_arrays(x, y)
        contracted = ((x.ndim - 1,), (y.ndim - 1,)) if x.ndim and y.ndim else ((), ())
        ctx.save(x, y, *contracted)
        return np.inner(x, y)


def _multiply_chain(*matrices: Any) -> Array:
    # All in one type: the order differs from that of `forward`, and a product of two int8 matrices would wrap
    # around.
    dtype = np.result_type(*matrices)
    return reduce(np.dot, (cast(matrix, dtype) for matrix in matrices))


class MultiDot(Composite):
    """The product of the matrices in the cheapest order; the first and the last may be vectors.

    All are converted to the common type: NumPy's product of two int8 matrices would wrap around before it is
    multiplied by a third matrix of floats. d/dx: as for `dot`.
    """

    takes_complex = True
    cases = (
        Case(arrays=(real("2 3"), real("3 4"), real("4 2"))),
        Case(arrays=(real("3"), real("3 2"), real("2"))),
    )

    def forward(self, ctx: Context, *arrays: Array) -> Array:
        arrays = promote(*arrays)
        ctx.save(_multiply_chain, arrays, {})
        return np.linalg.multi_dot(arrays)


tensordot = TensorDot(np.tensordot, np.linalg.tensordot)
multi_dot = MultiDot(np.linalg.multi_dot)
dot = Dot(np.dot)
inner = Inner(np.inner)
