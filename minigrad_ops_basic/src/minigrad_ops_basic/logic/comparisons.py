"""Comparisons and tests of single values: plain boolean arrays, no gradient."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, NonDifferentiable


class Equal(NonDifferentiable):
    """`x == y`, elementwise."""

    name = "equal"
    broadcasts = True
    implements = (np.equal,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.equal(x, y)


class NotEqual(NonDifferentiable):
    """`x != y`, elementwise."""

    name = "not_equal"
    broadcasts = True
    implements = (np.not_equal,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.not_equal(x, y)


class Less(NonDifferentiable):
    """`x < y`, elementwise."""

    name = "less"
    broadcasts = True
    implements = (np.less,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.less(x, y)


class LessEqual(NonDifferentiable):
    """`x <= y`, elementwise."""

    name = "less_equal"
    broadcasts = True
    implements = (np.less_equal,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.less_equal(x, y)


class Greater(NonDifferentiable):
    """`x > y`, elementwise."""

    name = "greater"
    broadcasts = True
    implements = (np.greater,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.greater(x, y)


class GreaterEqual(NonDifferentiable):
    """`x >= y`, elementwise."""

    name = "greater_equal"
    broadcasts = True
    implements = (np.greater_equal,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.greater_equal(x, y)


class Isfinite(NonDifferentiable):
    """Whether each value is finite."""

    name = "isfinite"
    broadcasts = True
    implements = (np.isfinite,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a plain array."""
        return np.isfinite(x)


class Isinf(NonDifferentiable):
    """Whether each value is infinite."""

    name = "isinf"
    broadcasts = True
    implements = (np.isinf,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a plain array."""
        return np.isinf(x)


class Isnan(NonDifferentiable):
    """Whether each value is not a number."""

    name = "isnan"
    broadcasts = True
    implements = (np.isnan,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a plain array."""
        return np.isnan(x)


class Signbit(NonDifferentiable):
    """Whether each value is negative, -0.0 included."""

    name = "signbit"
    broadcasts = True
    implements = (np.signbit,)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a plain array."""
        return np.signbit(x)


equal = Equal()
not_equal = NotEqual()
less = Less()
less_equal = LessEqual()
greater = Greater()
greater_equal = GreaterEqual()
isfinite = Isfinite()
isinf = Isinf()
isnan = Isnan()
signbit = Signbit()
