"""Questions about arrays that have no gradient: positions, order, counts, shapes, types. NumPy's own answers
come back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Context, NonDifferentiable
from minigrad_core.cases import Case, between, real
from minigrad_core.tensor.signatures import signature_of

if TYPE_CHECKING:
    from collections.abc import Callable


class Asking(NonDifferentiable):
    """A NumPy function without a gradient, with NumPy's arguments: the first `arrays` of them are inputs."""

    arrays = 1

    def __init__(self, function: Callable[..., Any], cases: tuple[Case, ...] = ()) -> None:
        self.name = function.__name__
        self.function = function
        self.implements = (function,)
        self.cases = cases or self.cases
        self.__doc__ = f"`np.{self.name}` of plain arrays, shapes as there; it has no gradient."

    def from_numpy(self, *args: Any, **kwargs: Any) -> Any:
        """Take the first arguments as the arrays, the others by name."""
        signature = signature_of(self.function)
        assert signature is not None
        given = list(signature.bind(*args, **kwargs).arguments.items())
        return [x for _, x in given[: self.arrays]], dict(given[self.arrays :])


class Query(Asking):
    """A question about one array."""

    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any, **settings: Any) -> Any:
        """Return NumPy's answer."""
        return self.function(x, **settings)


class Fix(Query):
    """`np.fix`, by the function that NumPy 2.5 names as its successor: there it warns when it is called."""

    def forward(self, ctx: Context, x: Any, **settings: Any) -> Any:
        """Return the whole numbers towards zero."""
        return np.trunc(x, **settings)


class Comparison(Asking):
    """A question about two arrays."""

    arrays = 2
    cases = (Case(x=real("n"), y=real("n")),)

    def forward(self, ctx: Context, x: Any, y: Any, **settings: Any) -> Any:
        """Return NumPy's answer."""
        return self.function(x, y, **settings)


# Positions and order.
argmax = Query(np.argmax)
argmin = Query(np.argmin)
nanargmax = Query(np.nanargmax)
nanargmin = Query(np.nanargmin)
argsort = Query(np.argsort)
argpartition = Query(np.argpartition, (Case(x=real("5"), kth=2),))
lexsort = Query(np.lexsort)
argwhere = Query(np.argwhere)
nonzero = Query(np.nonzero)
flatnonzero = Query(np.flatnonzero)
searchsorted = Comparison(np.searchsorted, (Case(x=np.linspace(-1, 1, 5), y=between(-1, 1, "n")),))
digitize = Comparison(np.digitize, (Case(x=between(-1, 1, "n"), y=np.linspace(-1, 1, 5)),))

# Counts and judgements.
all = Query(np.all)  # noqa: A001 - NumPy's name
any = Query(np.any)  # noqa: A001 - NumPy's name
count_nonzero = Query(np.count_nonzero)
isclose = Comparison(np.isclose)
allclose = Comparison(np.allclose)
array_equal = Comparison(np.array_equal)
array_equiv = Comparison(np.array_equiv)
isin = Comparison(np.isin)
isposinf = Query(np.isposinf)
isneginf = Query(np.isneginf)
isreal = Query(np.isreal)
iscomplex = Query(np.iscomplex)
matrix_rank = Query(np.linalg.matrix_rank)

# Whole numbers.
round = Query(np.round)  # noqa: A001 - NumPy's name
around = Query(np.around)
fix = Fix(np.fix)
