"""Comparisons, tests of values, logical and bit-wise operations, without a gradient."""

from __future__ import annotations

import numpy as np

from minigrad_core.cases import Case, boolean, integers

from .non_differentiable import BinaryFunction, BinaryUfunc, UnaryFunction, UnaryUfunc

equal = BinaryUfunc(np.equal, "`x == y`, elementwise.")
not_equal = BinaryUfunc(np.not_equal, "`x != y`, elementwise.")
less = BinaryUfunc(np.less, "`x < y`, elementwise.")
less_equal = BinaryUfunc(np.less_equal, "`x <= y`, elementwise.")
greater = BinaryUfunc(np.greater, "`x > y`, elementwise.")
greater_equal = BinaryUfunc(np.greater_equal, "`x >= y`, elementwise.")
isfinite = UnaryUfunc(np.isfinite, "Whether each value is finite.")
isinf = UnaryUfunc(np.isinf, "Whether each value is infinite.")
isnan = UnaryUfunc(np.isnan, "Whether each value is not a number.")
signbit = UnaryUfunc(np.signbit, "Whether each value is negative, -0.0 included.")

all = UnaryFunction(np.all)  # noqa: A001 - NumPy's name
any = UnaryFunction(np.any)  # noqa: A001 - NumPy's name
isclose = BinaryFunction(np.isclose)
allclose = BinaryFunction(np.allclose)
array_equal = BinaryFunction(np.array_equal)
array_equiv = BinaryFunction(np.array_equiv)
isin = BinaryFunction(np.isin)
isposinf = UnaryFunction(np.isposinf)
isneginf = UnaryFunction(np.isneginf)
isreal = UnaryFunction(np.isreal)
iscomplex = UnaryFunction(np.iscomplex)

_TRUTHS = Case(x=boolean("..."), y=boolean("..."))
_BITS = Case(x=integers(0, 9, "..."), y=integers(0, 9, "..."))

logical_and = BinaryUfunc(np.logical_and, "Whether both are true.", _TRUTHS)
logical_or = BinaryUfunc(np.logical_or, "Whether one is true, or both.", _TRUTHS)
logical_xor = BinaryUfunc(np.logical_xor, "Whether just one is true.", _TRUTHS)
logical_not = UnaryUfunc(np.logical_not, "Whether each value is false.", Case(x=boolean("...")))
bitwise_and = BinaryUfunc(np.bitwise_and, "The bits that are set in both.", _BITS)
bitwise_or = BinaryUfunc(np.bitwise_or, "The bits that are set in either.", _BITS)
bitwise_xor = BinaryUfunc(np.bitwise_xor, "The bits that are set in just one.", _BITS)
left_shift = BinaryUfunc(np.left_shift, "The bits of `x` moved to the left by `y` places.", _BITS)
right_shift = BinaryUfunc(np.right_shift, "The bits of `x` moved to the right by `y` places.", _BITS)
invert = UnaryUfunc(np.invert, "Each bit inverted.", Case(x=integers(0, 9, "...")))
