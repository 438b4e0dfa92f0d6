"""`nanmax` and `nanmin`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core.cases import Case, axis_of, real

from ..composition import Composed
from ..statistics.nan_reductions import counted

if TYPE_CHECKING:
    from minigrad_core import Array, Context

    from ..axes import Axis


def _extreme(
    x: Any, *, reduce: Any, fill: float, where: Any = True, initial: Any = None, **settings: Any
) -> Array:
    start = fill if initial is None else initial
    return reduce(np.where(counted(x, where), x, fill), initial=start, **settings)


class NanExtreme(Composed):
    """`nanmax` and `nanmin`: the extreme over `axis` (None: all) of what is not NaN.

    d/dx = grad for the extreme, in even shares for equal ones.
    """

    cases = (
        Case(x=real("n k")),
        Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
        Case(x=real("2 3 2"), axis=(0, -1)),
        Case(x=real("2 3"), axis=1, where=np.array([True, False, True]), initial=0.25),
    )

    def __init__(self, function: Any, reduce: Any, ufunc: np.ufunc, fill: float) -> None:
        self.name = function.__name__
        self.function, self.reduce, self.fill = function, reduce, fill
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
        """Return the extreme."""
        settings: dict[str, Any] = {"axis": axis, "keepdims": keepdims, "where": where}
        plain = {"initial": initial, "reduce": self.reduce, "fill": self.fill}
        ctx.save(_extreme, (x,), {**settings, **plain})
        return self.function(x, **settings, **({} if initial is None else {"initial": initial}))


nanmax = NanExtreme(np.nanmax, np.max, np.fmax, -np.inf)
nanmin = NanExtreme(np.nanmin, np.min, np.fmin, np.inf)
