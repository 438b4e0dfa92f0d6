"""Comparisons and logic: plain boolean arrays, no gradient."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, NonDifferentiable
from minigrad_core.cases import Case, boolean, integers


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


class LogicalAnd(NonDifferentiable):
    """Whether both are true (not zero)."""

    name = "logical_and"
    broadcasts = True
    implements = (np.logical_and,)
    cases = (Case(x=boolean("..."), y=boolean("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.logical_and(x, y)


class LogicalOr(NonDifferentiable):
    """Whether either is true (not zero)."""

    name = "logical_or"
    broadcasts = True
    implements = (np.logical_or,)
    cases = (Case(x=boolean("..."), y=boolean("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.logical_or(x, y)


class LogicalXor(NonDifferentiable):
    """Whether exactly one is true (not zero)."""

    name = "logical_xor"
    broadcasts = True
    implements = (np.logical_xor,)
    cases = (Case(x=boolean("..."), y=boolean("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.logical_xor(x, y)


class LogicalNot(NonDifferentiable):
    """Whether `x` is false (zero)."""

    name = "logical_not"
    broadcasts = True
    implements = (np.logical_not,)
    cases = (Case(x=boolean("...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a plain array."""
        return np.logical_not(x)


class BitwiseAnd(NonDifferentiable):
    """`x & y` of integers or booleans."""

    name = "bitwise_and"
    broadcasts = True
    implements = (np.bitwise_and,)
    cases = (Case(x=integers(0, 9, "..."), y=integers(0, 9, "...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.bitwise_and(x, y)


class BitwiseOr(NonDifferentiable):
    """`x | y` of integers or booleans."""

    name = "bitwise_or"
    broadcasts = True
    implements = (np.bitwise_or,)
    cases = (Case(x=integers(0, 9, "..."), y=integers(0, 9, "...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.bitwise_or(x, y)


class BitwiseXor(NonDifferentiable):
    """`x ^ y` of integers or booleans."""

    name = "bitwise_xor"
    broadcasts = True
    implements = (np.bitwise_xor,)
    cases = (Case(x=integers(0, 9, "..."), y=integers(0, 9, "...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return np.bitwise_xor(x, y)


class Invert(NonDifferentiable):
    """`~x` of integers or booleans."""

    name = "invert"
    broadcasts = True
    implements = (np.invert,)
    cases = (Case(x=integers(0, 9, "...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a plain array."""
        return np.invert(x)


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


equal = Equal()
not_equal = NotEqual()
less = Less()
less_equal = LessEqual()
greater = Greater()
greater_equal = GreaterEqual()
logical_and = LogicalAnd()
logical_or = LogicalOr()
logical_xor = LogicalXor()
logical_not = LogicalNot()
bitwise_and = BitwiseAnd()
bitwise_or = BitwiseOr()
bitwise_xor = BitwiseXor()
invert = Invert()
isfinite = Isfinite()
isinf = Isinf()
isnan = Isnan()
signbit = Signbit()
floor = Floor()
ceil = Ceil()
trunc = Trunc()
rint = Rint()
