"""Questions about arrays that have no gradient: positions, order, counts, shapes, types. NumPy's own answers
come back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from minigrad_core.cases import Case, between, real

from minigrad_core import Context, NonDifferentiable, Tensor

if TYPE_CHECKING:
    from collections.abc import Callable

_ONE = (Case(inputs=(real("n k"),)),)
_TWO = (Case(inputs=(real("n"), real("n"))),)


class Query(NonDifferentiable):
    """A NumPy function without a gradient, with NumPy's own arguments."""

    def __init__(self, function: Callable[..., Any], cases: tuple[Case, ...] = _ONE) -> None:
        self.name = function.__name__
        self.function = function
        self.implements = (function,)
        self.cases = cases
        self.__doc__ = f"`np.{self.name}` of plain arrays, shapes as there; it has no gradient."

    def from_numpy(self, *args: Any, **kwargs: Any) -> Any:
        """Take the arguments as they are; tensors by keyword are used for their values."""
        return args, {
            name: value.numpy() if isinstance(value, Tensor) else value for name, value in kwargs.items()
        }

    def forward(self, ctx: Context, *inputs: Any, **settings: Any) -> Any:
        """Return NumPy's answer."""
        return self.function(*inputs, **settings)


# Positions and order.
argmax = Query(np.argmax)
argmin = Query(np.argmin)
nanargmax = Query(np.nanargmax)
nanargmin = Query(np.nanargmin)
argsort = Query(np.argsort)
argpartition = Query(np.argpartition, (Case(inputs=(real("5"),), kth=2),))
argwhere = Query(np.argwhere)
nonzero = Query(np.nonzero)
flatnonzero = Query(np.flatnonzero)
searchsorted = Query(np.searchsorted, (Case(inputs=(np.linspace(-1, 1, 5), between(-1, 1, "n"))),))
digitize = Query(np.digitize, (Case(inputs=(between(-1, 1, "n"), np.linspace(-1, 1, 5))),))

# Counts and judgements.
all = Query(np.all)  # noqa: A001 - NumPy's name
any = Query(np.any)  # noqa: A001 - NumPy's name
count_nonzero = Query(np.count_nonzero)
isclose = Query(np.isclose, _TWO)
allclose = Query(np.allclose, _TWO)
array_equal = Query(np.array_equal, _TWO)
array_equiv = Query(np.array_equiv, _TWO)
isin = Query(np.isin, _TWO)
isposinf = Query(np.isposinf)
isneginf = Query(np.isneginf)
isreal = Query(np.isreal)
iscomplex = Query(np.iscomplex)
histogram = Query(np.histogram, (Case(inputs=(between(-1, 1, "n"),), bins=np.linspace(-1, 1, 4)),))
matrix_rank = Query(np.linalg.matrix_rank)

# Whole numbers.
round = Query(np.round)  # noqa: A001 - NumPy's name
around = Query(np.around)
fix = Query(np.fix)
# The imaginary part of what is real.
imag = Query(np.imag)
