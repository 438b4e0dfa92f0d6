"""Comparisons, and tests of values and arrays: plain booleans, no gradient."""

from __future__ import annotations

import numpy as np

from ..non_differentiable import Binary, OfOne, OfTwo, Unary

equal = Binary(np.equal, "`x == y`, elementwise.")
not_equal = Binary(np.not_equal, "`x != y`, elementwise.")
less = Binary(np.less, "`x < y`, elementwise.")
less_equal = Binary(np.less_equal, "`x <= y`, elementwise.")
greater = Binary(np.greater, "`x > y`, elementwise.")
greater_equal = Binary(np.greater_equal, "`x >= y`, elementwise.")
isfinite = Unary(np.isfinite, "Whether each value is finite.")
isinf = Unary(np.isinf, "Whether each value is infinite.")
isnan = Unary(np.isnan, "Whether each value is not a number.")
signbit = Unary(np.signbit, "Whether each value is negative, -0.0 included.")

all = OfOne(np.all)  # noqa: A001 - NumPy's name
any = OfOne(np.any)  # noqa: A001 - NumPy's name
isclose = OfTwo(np.isclose)
allclose = OfTwo(np.allclose)
array_equal = OfTwo(np.array_equal)
array_equiv = OfTwo(np.array_equiv)
isin = OfTwo(np.isin)
isposinf = OfOne(np.isposinf)
isneginf = OfOne(np.isneginf)
isreal = OfOne(np.isreal)
iscomplex = OfOne(np.iscomplex)
