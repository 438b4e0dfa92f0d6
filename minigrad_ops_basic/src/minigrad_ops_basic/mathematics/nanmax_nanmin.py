"""`nanmax` and `nanmin`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from ..axes import Axis
from ..dtypes import detach
from ..statistics.nan_reductions import find_valid
from .max_min import share_among_ties


class NanExtreme(Operation):
    """`nanmax` and `nanmin`: the extreme over `axis` (None: all) of what is not NaN.

    d/dx = grad for the extreme, in even shares for equal ones.
    """

    cases = (
        Case(x=real("n k")),
        Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
        Case(x=real("2 3 2"), axis=(0, -1)),
        Case(x=real("2 3"), axis=1, where=np.array([True, False, True]), initial=0.25),
    )

    def __init__(self, function: Any, ufunc: np.ufunc) -> None:
        self.name = function.__name__
        self.function = function
        self.implements = (function, ufunc.reduce)

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        axis: Axis = None,
        keepdims: bool = False,
        initial: float | None = None,
        where: Any = True,
    ) -> Array:
        settings: dict[str, Any] = {} if initial is None else {"initial": initial}
        y = self.function(x, axis=axis, keepdims=keepdims, where=where, **settings)
        ctx.save(x, y, axis, keepdims, where)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y, axis, keepdims, where = ctx.saved
        return share_among_ties(grad, x, y, axis, keepdims, find_valid(detach(x), where))


nanmax = NanExtreme(np.nanmax, np.fmax)
nanmin = NanExtreme(np.nanmin, np.fmin)
