"""Half precision: float16 has no count above 65,504, and a sum of ones stops at 2,048."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg

N = 70_000
X = np.linspace(-1, 1, N).astype(np.float16)
MASK = np.arange(N) % 100 > 0

MANY: dict[str, Any] = {
    "mean": np.mean,
    "mean where": lambda x: np.mean(x, where=MASK),
    "average": np.average,
    "average with weights": lambda x: np.average(x, weights=np.abs(x) + np.float16(1)),
    "var": np.var,
    "var where": lambda x: np.var(x, where=MASK),
    "std": np.std,
    "nanmean": np.nanmean,
    "nanvar": np.nanvar,
    "nanstd": np.nanstd,
    "cov": np.cov,
    "max of equal values": lambda x: np.max(x * 0),
    "ptp": np.ptp,
}


@pytest.mark.parametrize("name", MANY)
def test_the_gradient_over_many_values_is_that_of_double_precision(name: str) -> None:
    def compute_scaled(x: Any) -> Any:  # so that the gradients are not subnormal numbers
        return MANY[name](x) * 2**12

    value, found = mg.value_and_grad(compute_scaled)(X)
    exact, expected = mg.value_and_grad(compute_scaled)(X.astype(np.float64))
    assert found.dtype == np.float16
    rounding = 2**12 * abs(float(np.nanmean(X)))  # of NumPy 2.1 itself; later ones have none
    np.testing.assert_allclose(value, exact, rtol=2e-3, atol=1e-3 + rounding)
    np.testing.assert_allclose(found, expected, rtol=4e-3, atol=2e-4)


@pytest.mark.parametrize(
    "gather",
    [
        lambda x: x[np.zeros(N, int)],
        lambda x: np.take(x, np.zeros(N, int)),
        lambda x: np.repeat(x, np.array([N, 1])),
        lambda x: np.maximum.accumulate(np.concatenate([x, np.zeros(N, np.float16)])),
    ],
)
def test_gradients_that_are_added_up_at_one_place_do_not_stop_at_2048(gather: Any) -> None:
    found = mg.grad(lambda x: np.sum(gather(x)) / 2)(np.array([0.25, 0.125], np.float16))
    assert found[0] >= 35_000


def test_the_gradient_of_a_running_sum_counts_past_2048() -> None:
    found = mg.grad(lambda x: np.sum(np.cumsum(x) / 2))(np.zeros(N, np.float16))
    np.testing.assert_allclose(found, np.arange(N, 0, -1) / 2, rtol=1e-3)


@pytest.mark.parametrize(
    "spread",
    [
        lambda y: np.einsum("ij,j->i", np.ones((N, 2), y.dtype), y),
        lambda y: np.broadcast_to(y, (N, 2)),
        lambda y: np.tile(y, (N, 1)),
        lambda y: np.repeat(y[None], N, axis=0),
        lambda y: np.meshgrid(y, np.zeros(N))[0],
        lambda y: np.broadcast_arrays(y, np.zeros((N, 1)))[0],
    ],
)
def test_the_gradients_of_many_copies_do_not_stop_at_2048(spread: Any) -> None:
    found = mg.grad(lambda y: np.sum(spread(y) / 8, dtype=np.float64))(np.ones(2, np.float16))
    np.testing.assert_allclose(found, np.full(2, N / 8), rtol=1e-3)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: np.sum(np.geomspace(x[0], x[1], 5)), [10_000.0, 4.5]),
        (lambda x: np.sum(np.geomspace(x[0], x[1], 5)), [-0.004, -2_000.0]),
        (lambda x: np.polyval(np.array([0.5, -1, 0.25, 3], x.dtype), x[0]), [40.0]),
        (lambda x: np.linalg.norm(x, -1), [0.004, 20_000.0, -3.0]),
        (lambda x: np.linalg.norm(x, -2), [0.004, 20_000.0, -3.0]),
        (lambda x: np.linalg.norm(x, 0.5), [0.02, 10_000.0, -3.0]),
    ],
)
def test_a_gradient_does_not_overflow_on_the_way_where_the_value_does_not(f: Any, x: Any) -> None:
    value, found = mg.value_and_grad(f)(np.array(x, np.float16))
    exact, expected = mg.value_and_grad(f)(np.array(x, np.float16).astype(np.float64))
    np.testing.assert_allclose(value, exact, rtol=0.02)
    np.testing.assert_allclose(found, expected, rtol=0.02, atol=1e-3)
