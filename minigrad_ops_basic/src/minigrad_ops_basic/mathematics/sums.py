"""`sum`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from ..axes import Axis, restore_axes

CASES = (
    Case(x=real("n k")),
    Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
    Case(x=real("n k m"), axis=(0, -1)),
    Case(x=real("")),
)


def spread(grad: Array, shape: tuple[int, ...], where: Any) -> Array:
    """Return `grad` over all of `shape`, zero where `where` is false."""
    if where is True and isinstance(grad, (np.ndarray, np.generic)):
        out = np.empty(shape, grad.dtype)  # five times faster than broadcast_to and copy
        out[...] = grad
        return out
    whole = np.broadcast_to(grad, shape)
    return whole if where is True else np.where(where, whole, 0)


class Sum(Operation):
    """The sum over `axis` (None: all), of the values for which `where` holds.

    d/dx = grad, spread over the axis.
    """

    name = "sum"
    implements = (np.sum, np.add.reduce)
    takes_complex = True
    cases = (
        *CASES,
        Case(x=real("3 4"), axis=1, where=np.array([True, False, True, True])),
        Case(x=real("n k"), axis=0, keepdims=True, initial=2.0, dtype=np.longdouble),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        keepdims: bool = False,
        initial: float = 0,
        where: Any = True,
    ) -> Array:
        ctx.save(x.shape, axis, keepdims, where)
        if where is True and not initial:
            return _sum(x, axis=axis, dtype=dtype, keepdims=keepdims)
        return np.sum(x, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, axis, keepdims, where = ctx.saved
        return spread(restore_axes(grad, axis, len(shape), keepdims), shape, where)


_sum: Any = np.add.reduce  # `np.sum` without its Python code; the stubs have no overload for a union
sum = Sum()  # noqa: A001 - NumPy's name
