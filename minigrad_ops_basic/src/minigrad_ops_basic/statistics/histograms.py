"""`bincount` and `histogram`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, between, integers, real
from minigrad_core.errors import DifferentiabilityError

from ..function import NumpyFunction


class Bincount(NumpyFunction):
    """The sum of the weights for each number in x, from 0 to the largest; without weights its count.

    minlength: the least number of results. float32 stays float32, where NumPy gives double precision.

    d/dweights = grad[x].
    """

    cases = (
        Case(x=integers(0, 4, "n"), weights=real("n")),
        Case(x=integers(0, 3, "5"), weights=real("5"), minlength=6),
    )

    def forward(self, ctx: Context, x: Array, weights: Array | None = None, *, minlength: int = 0) -> Array:
        ctx.save(x)
        sums = np.bincount(x, weights, minlength)
        return sums if weights is None or weights.dtype.kind != "f" else sums.astype(weights.dtype)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        return None, grad[ctx.saved[0]]


class Histogram(NumpyFunction):
    """The number of values in each bin, and the edges of the bins.

    Counts have no gradient. Edges between the least and the greatest value have a gradient, so for a tensor
    that requires one the bins must be given by their edges, or by `range`.
    """

    differentiable = False
    cases = (
        Case(x=between(-1, 1, "n"), bins=np.linspace(-1, 1, 4)),
        Case(x=between(-1, 1, "n"), bins=3, range=(-1, 1)),
        Case(x=between(-1, 1, "4"), bins=3, range=(-1, 1), weights=np.array([0.5, 2.0, 1.0, 3.0])),
    )

    def forward(
        self,
        ctx: Context,
        x: Any,
        *,
        bins: Any = 10,
        range: Any = None,  # noqa: A002 - NumPy's name
        density: bool | None = None,
        weights: Any = None,
    ) -> Any:
        if ctx.needs[0] and range is None and not np.ndim(bins):
            raise DifferentiabilityError(
                "histogram: the edges between the least and the greatest value would lose their gradient; "
                "give range=(low, high) or the edges, or leave the graph on purpose: x.numpy()"
            )
        return np.histogram(x, bins, range, density=density, weights=weights)


bincount = Bincount(np.bincount)
histogram = Histogram(np.histogram)
