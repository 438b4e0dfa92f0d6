"""`reshape`, `ravel`, `squeeze`, `expand_dims` and `broadcast_to`. They return views where NumPy does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from ..dtypes import widen_half
from ..function import NumpyFunction

Axes = int | tuple[int, ...]


class Reshape(NumpyFunction):
    """The values in `shape`, read and written in `order` "C" or "F". One size may be -1.

    copy: True for a copy, False for an error where a view is impossible, None for a view if possible.

    d/dx = grad in the shape of the input.
    """

    returns_view = True
    takes_complex = True
    cases: Sequence[Case] = (
        Case(x=real("2 6"), shape=(3, -1)),
        Case(x=real("2 6"), shape=(3, 4), order="F"),
        Case(x=real("4"), shape=(2, 2)),
        Case(x=real("1"), shape=()),
        Case(x=real("2 6"), shape=(3, 4), copy=True),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        shape: int | tuple[int, ...],
        order: Any = "C",
        copy: bool | None = None,
    ) -> Array:
        _check_order(order)
        ctx.save(x.shape, order)
        return x.reshape(shape, order=order, copy=copy)

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, order = ctx.saved
        return grad.reshape(shape, order=order)


def _check_order(order: Any) -> None:
    if order not in ("C", "F"):  # "A" and "K" depend on the layout in memory
        raise ArgumentError(
            f"order {order!r}: expected 'C' or 'F'; some of the axes are joined by x.reshape(len(x), -1)"
        )


class Ravel(Reshape):
    """The values in one axis, read in `order` "C" or "F". d/dx = grad in the shape of the input."""

    cases = (Case(x=real("n k")), Case(x=real("2 3"), order="F"), Case(x=real("")))

    def forward(self, ctx: Context, x: Array, *, order: Any = "C") -> Array:  # type: ignore[override]  # the shape is fixed
        return super().forward(ctx, x, shape=(-1,), order=order)


class Squeeze(NumpyFunction):
    """The array without its axes of size one, or without `axis`. d/dx = grad in the shape of the input."""

    returns_view = True
    takes_complex = True
    cases = (Case(x=real("n 1 k 1")), Case(x=real("1 n 1"), axis=0), Case(x=real("1 n 1"), axis=(0, -1)))

    def forward(self, ctx: Context, x: Array, *, axis: Axes | None = None) -> Array:
        ctx.save(x.shape)
        return np.squeeze(x, axis=axis)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return np.reshape(grad, ctx.saved[0])


class ExpandDims(NumpyFunction):
    """The array with new axes of size one at `axis` of the result. d/dx = grad in the shape of the input."""

    returns_view = True
    takes_complex = True
    cases = (Case(x=real("n k"), axis=0), Case(x=real("n k"), axis=(1, -1)))

    def forward(self, ctx: Context, x: Array, *, axis: Axes) -> Array:
        ctx.save(x.shape)
        return np.expand_dims(x, axis)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return np.reshape(grad, ctx.saved[0])


class BroadcastTo(NumpyFunction):
    """The values broadcast to `shape`. d/dx = grad summed over the broadcast axes."""

    returns_view = True
    takes_complex = True
    cases = (
        Case(x=real("3 1"), shape=(2, 3, 4)),
        Case(x=real("3"), shape=(2, 3)),
        Case(x=real(""), shape=(2, 2)),
    )

    def forward(self, ctx: Context, x: Array, *, shape: int | tuple[int, ...]) -> Array:
        ctx.save(x.shape)
        return np.broadcast_to(x, shape)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return unbroadcast(widen_half(grad), ctx.saved[0])


reshape = Reshape(np.reshape)
ravel = Ravel(np.ravel)
squeeze = Squeeze(np.squeeze)
expand_dims = ExpandDims(np.expand_dims)
broadcast_to = BroadcastTo(np.broadcast_to)
