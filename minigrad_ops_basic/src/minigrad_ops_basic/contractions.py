"""Products of vectors, matrices and arrays, summed over shared axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from minigrad_core.cases import Case, real

from minigrad_core import Array, Context, Operation

from .composition import Composed

Axes: TypeAlias = int | Sequence[int | Sequence[int]]
Numbers: TypeAlias = tuple[int, ...]


class Contraction(Operation):
    """The rule of all sums of products over pairs of axes.

    grad has the free axes of x, then those of y. d/dx = grad contracted with y over y's free axes; d/dy =
    likewise.
    """

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Contract the gradient with the other factor."""
        x, y, of_x, of_y = ctx.saved
        free_x, free_y = _free(x.ndim, of_x), _free(y.ndim, of_y)
        n = len(free_x)
        return (
            _factor(grad, y, tuple(range(n, grad.ndim)), free_y, free_x, of_x, of_y)
            if ctx.needs[0]
            else None,
            _factor(grad, x, tuple(range(n)), free_x, free_y, of_y, of_x) if ctx.needs[1] else None,
        )


def _free(ndim: int, contracted: Numbers) -> Numbers:
    return tuple(a for a in range(ndim) if a not in contracted)


def _factor(
    grad: Any,
    other: Any,
    in_grad: Numbers,
    in_other: Numbers,
    free: Numbers,
    own: Numbers,
    others: Numbers,
) -> Array:
    """Return grad summed against `other` over its free axes, in the order of the factor's own axes.

    The result has the factor's free axes, then its contracted ones in the order in which they stand in
    `other`.
    """
    product = np.tensordot(grad, other, (in_grad, in_other))
    axes = free + tuple(own[i] for i in np.argsort(others))
    return np.transpose(product, tuple(np.argsort(axes))) if axes else product


class TensorDot(Contraction):
    """The sum of x y over pairs of `axes`: how many last and first ones, or two lists.

    d/dx, d/dy: see `Contraction`.
    """

    name = "tensordot"
    implements = (np.tensordot, np.linalg.tensordot)
    cases = (
        Case(x=real("2 3 4"), y=real("3 4 2")),
        Case(x=real("2 3"), y=real("3 2 4"), axes=1),
        Case(x=real("2 3"), y=real("4 2"), axes=0),
        Case(x=real("2 3 4"), y=real("4 5 2"), axes=((0, 2), (2, 0))),
        Case(x=real("2 3 4"), y=real("5 3"), axes=(1, -1)),
    )

    def forward(self, ctx: Context, x: Array, y: Array, *, axes: Axes = 2) -> Array:
        """Return the contraction."""
        ctx.save(x, y, *_pairs(axes, x.ndim, y.ndim))
        return np.tensordot(x, y, axes)  # type: ignore[arg-type]  # NumPy's stub knows no tensor


def _pairs(axes: Any, x_ndim: int, y_ndim: int) -> tuple[Numbers, Numbers]:
    """Return the contracted axes of both, as non-negative numbers."""
    if isinstance(axes, (int, np.integer)):
        return tuple(range(x_ndim - int(axes), x_ndim)), tuple(range(int(axes)))
    of_x, of_y = (tuple(np.atleast_1d(a).tolist()) for a in axes)
    return tuple(a % x_ndim for a in of_x), tuple(a % y_ndim for a in of_y)


class Dot(Contraction):
    """The sum of x y over the last axis of x and the last but one of y (of a vector: its only one); a product
    with a 0-d one.

    d/dx = grad contracted with y, d/dy = with x.
    """

    name = "dot"
    implements = (np.dot,)
    cases = (
        Case(x=real("k"), y=real("k")),
        Case(x=real("n k"), y=real("k m")),
        Case(x=real("2 3 k"), y=real("k")),
        Case(x=real("2 k"), y=real("3 k 2")),
        Case(x=real(""), y=real("n k")),
        Case(x=real("n"), y=real("")),
    )

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the dot product."""
        x, y = _arrays(x, y)
        contracted = ((x.ndim - 1,), (max(y.ndim - 2, 0),)) if x.ndim and y.ndim else ((), ())
        ctx.save(x, y, *contracted)
        return np.dot(x, y)


class Inner(Contraction):
    """The sum of x y over the last axes of both; a product with a 0-d one.

    d/dx = grad contracted with y, d/dy = with x.
    """

    name = "inner"
    implements = (np.inner,)
    cases = (
        Case(x=real("k"), y=real("k")),
        Case(x=real("n k"), y=real("m k")),
        Case(x=real("2 3 k"), y=real("k")),
        Case(x=real("n k"), y=real("")),
    )

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the inner product."""
        x, y = _arrays(x, y)
        contracted = ((x.ndim - 1,), (y.ndim - 1,)) if x.ndim and y.ndim else ((), ())
        ctx.save(x, y, *contracted)
        return np.inner(x, y)


def _arrays(*inputs: Any) -> Any:
    """Return the inputs, Python scalars as arrays: here their number of axes is asked for."""
    return tuple(np.asarray(x) if isinstance(x, (int, float)) else x for x in inputs)


def _flat_dot(x: Any, y: Any) -> Array:
    return np.dot(np.ravel(x), np.ravel(y))


class Vdot(Composed):
    """The sum of the products of all values of x and y, in order.

    d/dx = grad y, d/dy = grad x, in their shapes.
    """

    name = "vdot"
    implements = (np.vdot,)
    cases = (Case(x=real("n k"), y=real("n k")), Case(x=real("6"), y=real("2 3")))

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the sum."""
        ctx.save(_flat_dot, (x, y), {})
        return np.vdot(x, y)  # type: ignore[return-value]  # a scalar is an array of no axes


def _flat_outer(x: Any, y: Any) -> Array:
    return np.reshape(x, (-1, 1)) * np.reshape(y, (1, -1))


class Outer(Composed):
    """The products of each value of x (rows) with each of y (columns), both flattened.

    d/dx = grad y; d/dy = x grad.
    """

    name = "outer"
    implements = (np.outer, np.linalg.outer)
    cases = (Case(x=real("n"), y=real("m")), Case(x=real("2 2"), y=real("3")))

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the matrix of products."""
        ctx.save(_flat_outer, (x, y), {})
        return np.outer(x, y)


def _interleaved(x: Any, y: Any) -> Array:
    ndim = max(x.ndim, y.ndim)
    a = (1,) * (ndim - x.ndim) + x.shape
    b = (1,) * (ndim - y.ndim) + y.shape
    product = np.reshape(x, [n for size in a for n in (size, 1)]) * np.reshape(
        y, [n for size in b for n in (1, size)]
    )
    return np.reshape(product, [m * n for m, n in zip(a, b, strict=True)])


class Kron(Composed):
    """The Kronecker product: y, scaled by each value of x, in blocks.

    d/dx = sum of grad y over each block; d/dy = of grad x over the blocks.
    """

    name = "kron"
    implements = (np.kron,)
    cases = (
        Case(x=real("2 3"), y=real("3 2")),
        Case(x=real("2"), y=real("3")),
        Case(x=real("2"), y=real("2 3")),
        Case(x=real("2 2 1"), y=real("2")),
    )

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the blocks."""
        ctx.save(_interleaved, (x, y), {})
        return np.kron(x, y)


def _summed_product(x: Any, y: Any, *, axis: int) -> Array:
    # The axis is counted in each factor, before broadcasting.
    return np.sum(np.moveaxis(x, axis, -1) * np.moveaxis(y, axis, -1), axis=-1)


class Vecdot(Composed):
    """The sum of x y along `axis`, other axes broadcast. d/dx = grad y; d/dy = grad x."""

    name = "vecdot"
    implements = (np.vecdot, np.linalg.vecdot)
    cases = (
        Case(x=real("2 k"), y=real("2 k")),
        Case(x=real("2 3"), y=real("2 1"), axis=0),
        Case(x=real("k"), y=real("2 k")),
    )

    def forward(self, ctx: Context, x: Array, y: Array, *, axis: int = -1) -> Array:
        """Return the sums."""
        ctx.save(_summed_product, (x, y), {"axis": axis})
        return np.vecdot(x, y, axis=axis)  # type: ignore[call-overload]  # NumPy's stub knows no tensor


def _three(x: Any, axis: int) -> tuple[Array, Array, Array]:
    moved = np.moveaxis(x, axis, -1)
    if moved.shape[-1] != 3:
        raise ValueError(f"expected vectors of three, got {moved.shape[-1]}")
    return moved[..., 0], moved[..., 1], moved[..., 2]


def _crossed(a: Any, b: Any, *, axisa: int, axisb: int, axisc: int) -> Array:
    a1, a2, a3 = _three(a, axisa)
    b1, b2, b3 = _three(b, axisb)
    return np.stack([a2 * b3 - a3 * b2, a3 * b1 - a1 * b3, a1 * b2 - a2 * b1], axis=axisc)


class Cross(Composed):
    """The vector products of 3-vectors along `axis` (or axisa, axisb, and axisc of the result).

    d/da = b x grad; d/db = grad x a.
    """

    name = "cross"
    implements = (np.cross,)
    cases = (
        Case(a=real("n 3"), b=real("n 3")),
        Case(a=real("3"), b=real("2 3")),
        Case(a=real("3 2"), b=real("2 3"), axisa=0, axisc=0),
        Case(a=real("3 2"), b=real("3 2"), axis=0),
    )

    def forward(
        self,
        ctx: Context,
        a: Array,
        b: Array,
        *,
        axisa: int = -1,
        axisb: int = -1,
        axisc: int = -1,
        axis: int | None = None,
    ) -> Array:
        """Return the vector products."""
        axes = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
        settings = dict(zip(("axisa", "axisb", "axisc"), axes, strict=True))
        ctx.save(_crossed, (a, b), settings)
        return _crossed(a, b, **settings)


def _chain(*matrices: Any) -> Array:
    product = matrices[0]
    for matrix in matrices[1:]:
        product = np.dot(product, matrix)
    return product


class MultiDot(Composed):
    """The product of the matrices (the first and last may be vectors), in the cheapest order.

    d/dx: as for `dot`.
    """

    name = "multi_dot"
    implements = (np.linalg.multi_dot,)
    cases = (
        Case(arrays=(real("2 3"), real("3 4"), real("4 2"))),
        Case(arrays=(real("3"), real("3 2"), real("2"))),
    )

    def forward(self, ctx: Context, *arrays: Array) -> Array:
        """Return the product."""
        ctx.save(_chain, arrays, {})
        return np.linalg.multi_dot(arrays)


tensordot = TensorDot()
multi_dot = MultiDot()
dot = Dot()
inner = Inner()
vdot = Vdot()
outer = Outer()
kron = Kron()
vecdot = Vecdot()
cross = Cross()
