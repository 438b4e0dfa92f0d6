"""Comparisons, and tests of values and arrays: plain booleans, no gradient."""

from __future__ import annotations

import numpy as np

from ..non_differentiable import BinaryFunction, BinaryUfunc, UnaryFunction, UnaryUfunc

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
