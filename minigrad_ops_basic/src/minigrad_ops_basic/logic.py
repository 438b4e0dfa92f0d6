"""Logic of truth values and of bits: plain arrays, no gradient."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, NonDifferentiable
from minigrad_core.cases import Case, boolean, integers


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


logical_and = LogicalAnd()
logical_or = LogicalOr()
logical_xor = LogicalXor()
logical_not = LogicalNot()
bitwise_and = BitwiseAnd()
bitwise_or = BitwiseOr()
bitwise_xor = BitwiseXor()
invert = Invert()
