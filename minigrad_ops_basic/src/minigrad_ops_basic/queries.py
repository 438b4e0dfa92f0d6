"""Questions about values that have no gradient: positions, order, counts. Plain arrays come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from minigrad_core import Context, NonDifferentiable
from minigrad_core.cases import Case, between, real


class Query(NonDifferentiable):
    """A NumPy function without a gradient, with NumPy's own arguments."""

    def __init__(self, function: Callable[..., Any], *cases: Case) -> None:
        self.name = function.__name__
        self.function = function
        self.implements = (function,)
        self.cases = cases or (Case(x=real("n k")),)
        self.__doc__ = f"`np.{self.name}` of plain arrays, shapes as there; it has no gradient."

    def from_numpy(self, *args: Any, **kwargs: Any) -> Any:
        """Take the arguments as they are."""
        return args, kwargs

    def forward(self, ctx: Context, *inputs: Any, **settings: Any) -> Any:
        """Return NumPy's answer."""
        return self.function(*inputs, **settings)


argmax = Query(np.argmax)
argmin = Query(np.argmin)
argsort = Query(np.argsort)
all = Query(np.all)  # noqa: A001 - NumPy's name
any = Query(np.any)  # noqa: A001 - NumPy's name
count_nonzero = Query(np.count_nonzero)
flatnonzero = Query(np.flatnonzero)
argwhere = Query(np.argwhere)
round = Query(np.round)  # noqa: A001 - NumPy's name
searchsorted = Query(np.searchsorted, Case(a=np.linspace(-1, 1, 5), v=between(-1, 1, "n")))
isclose = Query(np.isclose, Case(a=real("n"), b=real("n")))
allclose = Query(np.allclose, Case(a=real("n"), b=real("n")))
array_equal = Query(np.array_equal, Case(a=real("n"), b=real("n")))
