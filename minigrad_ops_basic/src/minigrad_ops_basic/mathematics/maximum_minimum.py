"""`maximum`, `minimum`, `fmax` and `fmin`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real


def _share_tie(
    grad: Array, first: Array, tie: Array, needs: tuple[bool, ...]
) -> tuple[Array | None, Array | None]:
    """Give the gradient to the first input where `first`, half of it to each at a `tie`, else the second."""
    half = np.where(tie, 0.5 * grad, 0) if np.count_nonzero(tie) else 0
    return (
        np.where(first, grad, half) if needs[0] else None,
        np.where(first | tie, half, grad) if needs[1] else None,
    )


class ElementwiseExtreme(Operation):
    """`maximum`, `minimum`, `fmax` and `fmin`: the larger or smaller of two.

    If one is NaN, `maximum` and `minimum` return NaN, `fmax` and `fmin` the other. The gradient goes to the
    input that was returned, half to each at a tie.
    """

    broadcasts = True
    cases = (
        Case(x=real("..."), y=real("...")),
        Case(x=np.array([np.nan, 0.5, 2.0]), y=np.array([1.0, np.nan, -1.0])),
    )

    def __init__(self, ufunc: np.ufunc, ahead: np.ufunc, *, nan_loses: bool) -> None:
        self.name = ufunc.__name__
        self.ufunc, self.ahead, self.nan_loses = ufunc, ahead, nan_loses
        self.implements = (ufunc,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return self.ufunc(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        first = self.ahead(x, y)
        return _share_tie(grad, first | np.isnan(y) if self.nan_loses else first, x == y, ctx.needs)


maximum = ElementwiseExtreme(np.maximum, np.greater, nan_loses=False)
minimum = ElementwiseExtreme(np.minimum, np.less, nan_loses=False)
fmax = ElementwiseExtreme(np.fmax, np.greater, nan_loses=True)
fmin = ElementwiseExtreme(np.fmin, np.less, nan_loses=True)
