"""`vdot`, `outer`, `kron`, `vecdot` and `cross`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..composition import Composed
from ..dtypes import conjugate


def _flat_dot(x: Any, y: Any) -> Array:
    return np.dot(conjugate(np.ravel(x)), np.ravel(y))


class Vdot(Composed):
    """The sum of the products of all values of conj(x) and y, in order.

    d/dx = conj(grad y), d/dy = grad conj(x), in their shapes.
    """

    name = "vdot"
    implements = (np.vdot,)
    takes_complex = True
    cases = (Case(x=real("n k"), y=real("n k")), Case(x=real("6"), y=real("2 3")))

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the sum."""
        ctx.save(_flat_dot, (x, y), {})
        return np.vdot(x, y)  # type: ignore[return-value]  # a scalar is an array of no axes


class Outer(Operation):
    """The products of each value of x (rows) with each of y (columns), both flattened.

    `np.linalg.outer` takes vectors alone.

    d/dx = grad y; d/dy = x grad.
    """

    takes_complex = True

    def __init__(self, name: str, function: Any, *cases: Case) -> None:
        self.name = name
        self.function = function
        self.implements = (function,)
        self.cases = cases

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the matrix of products."""
        if self.function is np.linalg.outer and (x.ndim != 1 or y.ndim != 1):
            raise ValueError("expected two vectors; np.outer takes arrays of any shape, flattened")
        ctx.save(x, y)
        return np.outer(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Return the products of the matrix with the other vector."""
        x, y = ctx.saved
        for_x = np.reshape(grad @ np.reshape(y, (-1,)), np.shape(x)) if ctx.needs[0] else None
        return for_x, np.reshape(np.reshape(x, (-1,)) @ grad, np.shape(y)) if ctx.needs[1] else None


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
    takes_complex = True
    cases = (
        Case(x=real("2 3"), y=real("3 2")),
        Case(x=real("2"), y=real("3")),
        Case(x=real("2"), y=real("2 3")),
        Case(x=real("2 2 1"), y=real("2")),
        Case(x=2, y=real("2")),
    )

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the blocks."""
        ctx.save(_interleaved, (x, y), {})
        return np.kron(x, y)


def _summed_product(x: Any, y: Any, *, axis: int) -> Array:
    # The axis is counted in each factor, before broadcasting.
    return np.sum(conjugate(np.moveaxis(x, axis, -1)) * np.moveaxis(y, axis, -1), axis=-1)


class Vecdot(Composed):
    """The sum of conj(x) y along `axis`, other axes broadcast. d/dx = conj(grad y); d/dy = grad conj(x)."""

    name = "vecdot"
    implements = (np.vecdot, np.linalg.vecdot)
    takes_complex = True
    cases = (
        Case(x=real("2 k"), y=real("2 k")),
        Case(x=real("2 3"), y=real("2 1"), axis=0),
        Case(x=real("2 3 4"), y=real("2 3 4"), axis=0),
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
    implements = (np.cross, np.linalg.cross)
    takes_complex = True
    cases = (
        Case(a=real("n 3"), b=real("n 3")),
        Case(a=real("3"), b=real("2 3")),
        Case(a=real("3 2"), b=real("2 3"), axisa=0, axisc=0),
        Case(a=real("3 2"), b=real("3 2"), axis=0),
        Case(a=real("2 3 4"), b=real("2 3 4"), axis=1),
        Case(a=real("3 2 4"), b=real("3 2 4"), axis=0),
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


vdot = Vdot()
outer = Outer("outer", np.outer, Case(x=real("n"), y=real("m")), Case(x=real("2 2"), y=real("3")))
vector_outer = Outer("vector_outer", np.linalg.outer, Case(x=real("n"), y=real("m")))
kron = Kron()
vecdot = Vecdot()
cross = Cross()
