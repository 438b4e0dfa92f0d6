"""The kit's own comparison says what NumPy's says."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from minigrad_core.testing.closeness import is_close, largest_magnitude

VALUES = (0.0, 1.0, 1.0 + 1e-9, 1.0 + 1e-6, -1.0, 1e-13, np.inf, -np.inf, np.nan)
PAIRS = np.array(list(product(VALUES, VALUES))).T


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble, np.complex128])
def test_it_is_numpys_with_equal_nan(dtype: Any) -> None:
    with np.errstate(invalid="ignore"):
        for x, y in zip(*PAIRS.astype(dtype), strict=True):
            expected = np.allclose(x, y, rtol=1e-8, atol=1e-12, equal_nan=True)
            assert is_close(np.array([x, 1]), np.array([y, 1]), 1e-8, 1e-12) == expected


@pytest.mark.parametrize("dtype", [bool, np.int64, np.uint8])
def test_truth_values_and_integers_are_compared_too(dtype: Any) -> None:
    x, y = np.array([0, 1], dtype), np.array([1, 1], dtype)
    assert is_close(x, x, 1e-8, 1e-12)
    assert not is_close(x, y, 1e-8, 1e-12)


def test_empty_and_0_d_arrays() -> None:
    assert is_close(np.empty((0, 3)), np.empty((0, 3)), 1e-8, 1e-12)
    assert is_close(np.array(1.0), np.array(1.0 + 1e-9), 1e-8, 1e-12)


@pytest.mark.parametrize(("x", "size"), [([], 0), ([np.nan], 0), ([np.nan, -2, np.inf], 2), ([3j, 1], 3)])
def test_the_largest_value_is_a_finite_one(x: list[Any], size: float) -> None:
    assert largest_magnitude(np.array(x)) == size
