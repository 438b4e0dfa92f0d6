"""Initializers: properties that the contract kit does not check for all of them."""

from __future__ import annotations

import numpy as np
import pytest

from minigrad_ops_nn import initializers as init


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_constant_takes_its_value() -> None:
    assert (init.constant((2, 3), rng=rng(), value=0.5) == 0.5).all()
    assert (init.ones((2,), rng=rng()) == 1).all()


def test_uniform_stays_within_its_bounds() -> None:
    draws = init.uniform((1000,), rng=rng(), low=2.0, high=3.0)
    assert draws.min() >= 2
    assert draws.max() < 3


def test_glorot_uniform_reaches_to_its_bound_and_no_further() -> None:
    bound = (6 / (300 + 100)) ** 0.5
    largest = np.abs(init.glorot_uniform((300, 100), rng=rng())).max()
    assert 0.99 * bound < largest <= bound


def test_gain_scales_the_draw() -> None:
    one, two = init.kaiming_normal((5, 4), rng=rng()), init.kaiming_normal((5, 4), rng=rng(), gain=2.0)
    np.testing.assert_allclose(two, 2 * one, rtol=1e-6)


def test_truncated_normal_has_no_tails() -> None:
    draws = init.truncated_normal((10_000,), rng=rng(), mean=1.0, stddev=0.1)
    assert np.abs(draws - 1).max() <= 0.2 + 1e-6


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (6, 2, 3), (2, 3, 2, 2)])
def test_orthogonal_has_orthonormal_columns_or_rows(shape: tuple[int, ...]) -> None:
    matrix = init.orthogonal(shape, rng=rng(), dtype=np.float64).reshape(shape[0], -1)
    gram = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


def test_orthogonal_draws_both_signs() -> None:
    corners = [init.orthogonal((3, 3), rng=np.random.default_rng(seed))[0, 0] for seed in range(20)]
    assert min(corners) < 0 < max(corners)


@pytest.mark.parametrize("shape", [(), (5,)])
def test_orthogonal_makes_a_vector_of_length_one(shape: tuple[int, ...]) -> None:
    assert np.linalg.norm(init.orthogonal(shape, rng=rng(), dtype=np.float64)) == pytest.approx(1)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_every_floating_dtype_is_drawn(dtype: type) -> None:
    assert init.glorot_normal((3, 4), rng=rng(), dtype=dtype).dtype == dtype
