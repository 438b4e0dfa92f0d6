"""Matrices at which other libraries are wrong: singular, with equal values, with vectors of zeros."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg

from .gradients import gradient


@pytest.mark.parametrize("order", [-2.5, -2, 0.5, 2.5, 3])
@pytest.mark.parametrize("scale", [1e-30, 1e-13, 1e10, 1e25])
def test_the_gradient_of_a_norm_does_not_depend_on_the_scale(order: float, scale: float) -> None:
    x = np.array([1, -2, 3], np.float32)
    with np.errstate(over="ignore", divide="ignore"):  # NumPy's own value overflows, or is 0
        scaled = gradient(lambda t: np.linalg.norm(t, order), x * np.float32(scale))
    np.testing.assert_allclose(scaled, gradient(lambda t: np.linalg.norm(t, order), x), rtol=1e-5)


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_the_gradient_of_det_is_right_for_singular_matrices(rank: int) -> None:
    x = np.diag([2.0, 3.0, 5.0][:rank] + [0.0] * (3 - rank))
    cofactors = np.zeros((3, 3))
    if rank == 2:
        cofactors[2, 2] = 6.0
    np.testing.assert_allclose(gradient(np.linalg.det, x), cofactors)
    hessian = mg.grad(lambda a: np.sum(mg.grad(np.linalg.det)(a) * np.eye(3)))(x)
    assert np.isfinite(hessian).all()


def test_svd_gives_its_values_a_gradient_whatever_full_matrices_says() -> None:
    x = np.array([[3.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    np.testing.assert_allclose(gradient(lambda t: np.linalg.svd(t)[1], x), np.eye(2, 3), atol=1e-12)
    with pytest.raises(TypeError, match="full_matrices"):
        gradient(lambda t: np.linalg.svd(t).Vh, x)


def test_svd_of_what_is_not_finite_raises() -> None:
    with pytest.raises(np.linalg.LinAlgError, match="not finite"):
        np.linalg.svd(mg.tensor([[np.inf, 1.0], [0.0, 1.0]], requires_grad=True))


@pytest.mark.parametrize("order", [0.5, 0.9, 2.5, -1.0])
def test_a_norm_of_any_power_has_no_nan_at_zeros(order: float) -> None:
    for x in ([0.0, 0.0], [0.0, 2.0]):
        with np.errstate(divide="ignore"):  # NumPy's own, for 0 to a negative power
            grad = gradient(lambda t: np.linalg.norm(t, ord=order), x)
        assert np.isfinite(grad).all()
        assert grad[0] == 0


@pytest.mark.parametrize(
    ("shape", "order"), [((0,), np.inf), ((2, 0), 1), ((0, 2), np.inf), ((0, 2), 2), ((0, 2), "nuc")]
)
def test_a_norm_of_nothing_has_a_gradient_where_numpy_gives_it_a_value(shape: Any, order: Any) -> None:
    x = mg.tensor(np.zeros(shape), requires_grad=True)
    try:
        norm: Any = np.linalg.norm(x, order)
    except ValueError:  # NumPy before 2.3: these have no value
        return
    norm.backward()
    assert norm.item() == 0
    assert x.grad is not None
    assert x.grad.shape == shape


@pytest.mark.parametrize("f", [np.linalg.eigvalsh, lambda x: np.linalg.eigh(x)[0]], ids=["eigvalsh", "eigh"])
def test_equal_eigenvalues_share_their_gradient_in_any_basis(f: Any) -> None:
    for x in (2 * np.eye(3), np.zeros((3, 3))):
        np.testing.assert_allclose(gradient(lambda t: f(t)[2], x), np.eye(3) / 3, atol=1e-12)


def matrix_function(f: Any) -> Any:
    """Return the sum of v f(w) v^T times fixed weights."""

    def total(x: Any) -> Any:
        w, v = np.linalg.eigh((x + x.T) / 2)
        return np.sum(((v * f(w)) @ v.T) * np.arange(9.0).reshape(3, 3))

    return total


def test_vectors_of_equal_eigenvalues_are_refused_where_they_would_have_a_wrong_gradient() -> None:
    with pytest.raises(np.linalg.LinAlgError, match="eigh: two values are equal"):
        gradient(matrix_function(np.exp), np.eye(3))
    rotation = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0]
    with pytest.raises(np.linalg.LinAlgError, match="eigh: two values are equal"):  # but for rounding
        gradient(matrix_function(np.exp), rotation @ np.diag([1.0, 1.0, 2.0]) @ rotation.T)
    with pytest.raises(np.linalg.LinAlgError, match="svd: two values are equal"):
        gradient(lambda x: np.linalg.svd(x)[0] @ np.linalg.svd(x)[2], np.eye(2))


def test_vectors_of_other_values_than_equal_ones_have_their_gradient() -> None:
    def last(x: Any) -> Any:
        return np.sum(np.linalg.eigh(x)[1][:, 2] ** 2 * np.array([1.0, 2.0, 4.0]))

    x = np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 0.5]])  # 0.5 twice
    step = np.array([[1.0, 2.0, 3.0], [2.0, 5.0, 7.0], [3.0, 7.0, 11.0]]) * 1e-6
    slope = (last(x + step) - last(x - step)) / 2e-6
    assert np.sum(gradient(last, x) * np.tril(step) * 1e6) == pytest.approx(slope, rel=1e-6)


def test_powers_of_a_singular_matrix_need_no_inverse() -> None:
    x = np.ones((2, 2))
    np.testing.assert_array_equal(gradient(lambda t: np.linalg.matrix_power(t, 0), x), np.zeros((2, 2)))
    np.testing.assert_array_equal(gradient(lambda t: np.linalg.matrix_power(t, 2), x), np.full((2, 2), 4.0))


def test_a_power_squares_no_further_than_it_has_to() -> None:
    x = np.eye(2) * 1e100
    np.testing.assert_array_equal(gradient(lambda t: np.linalg.matrix_power(t, 2), x), np.full((2, 2), 2e100))


@pytest.mark.parametrize("shape", [(4, 2), (2, 3)])
@pytest.mark.parametrize("seed", range(5))
def test_the_gradient_of_least_squares_keeps_its_digits_in_single_precision(
    seed: int, shape: tuple[int, int]
) -> None:
    """The columns are nearly parallel: errors of the pseudo-inverse grow with the square of the condition."""
    rng = np.random.default_rng(seed)
    a = (1000 + rng.standard_normal(shape)).astype(np.float32)
    b = (1000 + rng.standard_normal(shape[0])).astype(np.float32)
    weights = np.array([0.7, -1.2, 0.4])[: shape[1]]

    def loss(a: Any) -> Any:
        return np.sum(np.linalg.lstsq(a, b.astype(a.dtype), rcond=None)[0] * weights.astype(a.dtype))

    exact = mg.grad(loss)(a.astype(np.float64))
    np.testing.assert_allclose(mg.grad(loss)(a), exact, rtol=0, atol=1e-3 * np.abs(exact).max())
