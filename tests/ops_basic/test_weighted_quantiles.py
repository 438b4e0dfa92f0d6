"""Weighted quantiles over several axes: NumPy before 2.4 takes the weights of other places."""

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


def test_quantiles_in_an_array_of_two_axes_come_first_whatever_the_axes_of_the_values() -> None:
    """NumPy's nanquantile mixes up the axes, over none or several axes."""
    q, x = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]), np.random.default_rng(0).normal(size=(2, 3, 4))
    for axis in ((), (0, 1), (0, -1), 1, None):
        for function, other in ((np.nanquantile, np.quantile), (np.nanpercentile, np.percentile)):
            weights = np.random.default_rng(1).normal(size=other(x, q, axis=axis).shape)

            def total(x: Any, f: Any = function, a: Any = axis, w: Any = weights) -> Any:
                return np.sum(f(x, q, axis=a) * w)

            value, found = mg.value_and_grad(total)(x)
            expected = mg.value_and_grad(lambda x, total=total, f=other: total(x, f))(x)
            np.testing.assert_allclose(value, expected[0])
            np.testing.assert_allclose(found, expected[1])
