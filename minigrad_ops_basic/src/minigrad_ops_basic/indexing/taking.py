"""`take`, `take_along_axis`, `compress`, `extract` and `trim_zeros`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real

from .. import references
from ..dtypes import detach
from ..function import NumpyFunction
from ..gather import Gather
from .items import scatter

Indices = NDArray[np.intp]


class Take(Gather):
    """The values at `indices` along `axis` (None: of the flattened values).

    mode: "raise", "wrap" or "clip" for an index out of range. d/dx = grad, summed at the indices.
    """

    takes_complex = True
    cases = (
        Case(x=real("3 4"), indices=np.array([5, 0, -1, 5])),
        Case(x=real("3 4"), indices=np.array([[0, 2], [2, 2]]), axis=0),
        Case(x=real("3 4"), indices=1, axis=-1),
        Case(x=real("3 4"), indices=np.array([7, -9]), axis=1, mode="wrap"),
    )

    def forward(
        self, ctx: Context, x: Array, *, indices: Any, axis: int | None = None, mode: Any = "raise"
    ) -> Array:
        ctx.save(x.shape, lambda a: np.take(a, indices, axis, mode=mode))
        return np.take(x, indices, axis, mode=mode)


class TakeAlongAxis(Gather):
    """The values of each 1-d slice along `axis` at its own `indices`. d/dx = grad, summed at the indices."""

    takes_complex = True
    cases = (
        Case(x=real("2 3"), indices=np.array([[0, 2, 2, 1], [1, 1, -1, 0]]), axis=1),
        Case(x=real("2 3"), indices=np.array([[1, 0, 1]]), axis=0),
        Case(x=real("2 3"), indices=np.array([5, 0, 5]), axis=None),
    )

    def forward(self, ctx: Context, x: Array, *, indices: Indices, axis: int | None = -1) -> Array:
        ctx.save(x.shape, lambda a: np.take_along_axis(a, indices, axis))
        return np.take_along_axis(x, indices, axis)


class Compress(Gather):
    """The slices along `axis` (None: the flattened values) for which `condition` holds.

    d/dx = grad at these slices, zero elsewhere.
    """

    reference = staticmethod(references.compress)
    takes_complex = True
    cases = (
        Case(x=real("2 3"), condition=np.array([True, False, True]), axis=1),
        Case(x=real("2 3"), condition=np.array([False, True, True, False])),
    )

    @staticmethod
    def from_numpy(condition: Any, a: Any, axis: int | None = None, out: None = None) -> Any:
        """Take NumPy's order, the condition first."""
        return (a,), {"condition": condition, "axis": axis, **({} if out is None else {"out": out})}

    def forward(self, ctx: Context, x: Array, *, condition: Any, axis: int | None = None) -> Array:
        ctx.save(x.shape, lambda a: np.compress(condition, a, axis))
        return np.compress(condition, x, axis)


class Extract(Gather):
    """The values for which `condition` holds, as a 1-d array. d/dx = grad at these values, zero elsewhere."""

    reference = staticmethod(references.extract)
    takes_complex = True
    cases = (Case(x=real("2 3"), condition=np.array([[True, False, True], [False, True, False]])),)

    @staticmethod
    def from_numpy(condition: Any, arr: Any) -> Any:
        """Take NumPy's order, the condition first."""
        return (arr,), {"condition": condition}

    def forward(self, ctx: Context, x: Array, *, condition: Any) -> Array:
        ctx.save(x.shape, lambda a: np.extract(condition, a))
        return np.extract(condition, x)


class TrimZeros(NumpyFunction):
    """The values without the zeros at the front ("f" in `trim`) and the back ("b") of each axis.

    d/dx = grad at the remaining values, zero elsewhere.
    """

    returns_view = True
    cases = (
        Case(filt=real("4")),
        Case(filt=real("2 3"), trim="b"),
        Case(filt=np.array([0.0, 0.5, 0.0, 2.0, 0.0]), trim="F"),
        Case(filt=np.array([0.0, 0.5, 0.0, 2.0, 0.0]), trim="B"),
    )

    def forward(self, ctx: Context, filt: Array, *, trim: str = "fb") -> Array:
        ends = trim.lower()
        if ends not in ("f", "b", "fb", "bf"):
            raise ValueError(f"trim {trim!r}: expected 'f', 'b' or 'fb'")
        positions = np.argwhere(detach(filt)).T  # for each axis; np.nonzero takes no 0-d array
        index = tuple(
            slice(kept.min() if "f" in ends else None, kept.max() + 1 if "b" in ends else None)
            if kept.size
            else slice(0)
            for kept in positions
        )
        ctx.save(filt.shape, index)
        return filt[index]

    def backward(self, ctx: Context, grad: Array) -> Array:
        return scatter(grad, *ctx.saved)


take = Take(np.take)
take_along_axis = TakeAlongAxis(np.take_along_axis)
compress = Compress(np.compress)
extract = Extract(np.extract)
trim_zeros = TrimZeros(np.trim_zeros)
