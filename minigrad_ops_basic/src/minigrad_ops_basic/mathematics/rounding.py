"""Rounding to whole numbers: plain arrays, no gradient, flat between the jumps."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, NonDifferentiable


class Floor(NonDifferentiable):
    """Each value rounded to the largest whole number not above it; flat between its jumps."""

    name = "floor"
    broadcasts = True
    implements = (np.floor,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a plain array."""
        return np.floor(x)


class Ceil(NonDifferentiable):
    """Each value rounded to the smallest whole number not below it; flat between its jumps."""

    name = "ceil"
    broadcasts = True
    implements = (np.ceil,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a plain array."""
        return np.ceil(x)


class Trunc(NonDifferentiable):
    """Each value rounded to its whole part; flat between its jumps."""

    name = "trunc"
    broadcasts = True
    implements = (np.trunc,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a plain array."""
        return np.trunc(x)


class Rint(NonDifferentiable):
    """Each value rounded to the nearest whole number, halves to even; flat between its jumps."""

    name = "rint"
    broadcasts = True
    implements = (np.rint,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a plain array."""
        return np.rint(x)


floor = Floor()
ceil = Ceil()
trunc = Trunc()
rint = Rint()
