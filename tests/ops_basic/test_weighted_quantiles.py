"""Weighted quantiles over several axes, which NumPy before 2.4 computed with weights of other places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg

VALUES = np.array([[2.2, 0.56, -1.8, 1.7], [-0.41, 1.1, -1.1, -2.3]])
WEIGHTS = np.array([[1.0, 3.0, 0.5, 2.0], [0.0, 1.0, 4.0, 0.5]])


def quantile(x: Any, **settings: Any) -> Any:
    return np.quantile(x, [0.3, 0.6], method="inverted_cdf", **settings)


@pytest.mark.parametrize("axis", [(0, 1), (1, 0), (-1, 0)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_all_axes_by_number_are_all_axes(axis: tuple[int, int], keepdims: bool) -> None:
    x = mg.tensor(VALUES, requires_grad=True)
    y = quantile(x, axis=axis, weights=WEIGHTS, keepdims=keepdims)
    assert y.shape == ((2, 1, 1) if keepdims else (2,))
    np.testing.assert_array_equal(np.ravel(y.numpy()), [-1.1, 0.56])
    y.backward()
    expected = np.zeros((2, 4))
    expected[1, 2] = expected[0, 1] = 1  # where -1.1 and 0.56 are
    np.testing.assert_array_equal(x.grad, expected)


def test_two_of_three_axes_are_those_of_each_slice() -> None:
    x = np.stack([VALUES, VALUES[::-1] * 2], axis=1)
    heavy = np.stack([WEIGHTS, WEIGHTS[::-1]], axis=1)
    y = quantile(mg.tensor(x), axis=(0, 2), weights=heavy).numpy()
    slices = [quantile(x[:, i].ravel(), weights=heavy[:, i].ravel()) for i in range(2)]
    np.testing.assert_array_equal(y, np.stack(slices, axis=1))
