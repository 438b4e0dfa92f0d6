"""scipy.linalg for tensors: what the contract kit does not call, and errors at wrong arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, DifferentiabilityError
from minigrad_scipy import linalg

RNG = np.random.default_rng(0)
LARGE = RNG.normal(size=(150, 150))
SQUARE = np.array([[3.0, 0.5, -0.25], [0.75, 2.0, 0.5], [-0.5, 0.25, 1.25]])
SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])


def check_direction(f: Callable[[Any], Any], x: Any, direction: Any, h: float = 1e-4) -> None:
    """Compare the gradient of a scalar function along a direction with a difference quotient."""
    slope = np.sum(mg.grad(f)(x) * direction)
    assert slope == pytest.approx((f(x + h * direction) - f(x - h * direction)) / (2 * h), rel=1e-6)


@pytest.mark.parametrize("lower", [False, True])
def test_the_gradient_of_a_large_cholesky_factor_is_computed_by_blocks(lower: bool) -> None:
    definite = LARGE @ LARGE.T + 150 * np.eye(150)
    check_direction(lambda a: np.sum(linalg.cholesky(a, lower=lower) * LARGE), definite, LARGE.T)


@pytest.mark.parametrize("shape", [(140, 140), (150, 110), (110, 150), (2, 130, 130)])
def test_the_gradient_of_large_lu_factors_is_computed_by_quarters(shape: tuple[int, ...]) -> None:
    a = RNG.normal(size=shape)
    a += 50 * np.eye(shape[-2], shape[-1])
    weights = [RNG.normal(size=x.shape) for x in scipy.linalg.lu(a)[1:]]

    def total(a: Any) -> Any:
        return sum(np.sum(x * w) for x, w in zip(linalg.lu(a)[1:], weights, strict=True))

    check_direction(total, a, RNG.normal(size=shape))


@pytest.mark.parametrize("factor", [linalg.cholesky, lambda a: linalg.lu(a)[2]])
def test_second_derivatives_of_large_factors_follow(factor: Callable[[Any], Any]) -> None:
    definite = LARGE[:100] @ LARGE[:100].T / 100 + 3 * np.eye(100)
    slope = mg.grad(lambda a: np.sum(factor(a) * LARGE[:100, :100]))
    check_direction(lambda a: np.sum(slope(a) ** 2), definite, LARGE[:100, :100].T, h=1e-5)


def test_the_gradient_of_a_large_exponential_is_a_frechet_derivative_of_scipy() -> None:
    check_direction(
        lambda a: np.sum(linalg.expm(a) * LARGE[:40, :40]), LARGE[:40, :40] / 10, LARGE[40:80, :40]
    )


def test_tuples_of_factors_are_those_of_scipy() -> None:
    t = mg.tensor(SQUARE @ SQUARE.T, requires_grad=True)
    c, lower = linalg.cho_factor(t, lower=True)
    np.testing.assert_array_equal(c.numpy(), scipy.linalg.cho_factor(t.numpy(), lower=True)[0])
    assert lower is True
    b = np.array([1.0, -0.5, 2.0])
    expected = np.linalg.solve(t.numpy(), b)
    for y in (linalg.cho_solve((c, lower), b), linalg.lu_solve(linalg.lu_factor(t), b), linalg.solve(t, b)):
        np.testing.assert_allclose(y.numpy(), expected, rtol=1e-12)
    assert len(linalg.qr(t, mode="r")) == 1


@pytest.mark.parametrize(
    "f",
    [
        lambda a: linalg.solve(a, np.ones(2)),
        linalg.inv,
        lambda a: linalg.solve_triangular(a - a[0, 0] * np.eye(2), np.ones(2)),
        lambda a: linalg.solve_banded((0, 0), a[:1] * 0, np.ones(2)),
        linalg.cholesky,
    ],
    ids=["solve", "inv", "solve_triangular", "solve_banded", "cholesky"],
)
def test_a_singular_matrix_raises_scipys_error(f: Callable[[Any], Any]) -> None:
    with pytest.raises(np.linalg.LinAlgError):
        f(mg.tensor(SINGULAR, requires_grad=True))


@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.sum(linalg.solve_sylvester(a, -np.eye(2), np.eye(2))),
        lambda a: np.sum(linalg.polar(a)[0]),
        lambda a: np.sum(linalg.lu(a)[1]),
        lambda a: np.sum(linalg.signm(a * 0)),
        lambda a: np.sum(linalg.fractional_matrix_power(a, 0.5)),
    ],
    ids=["solve_sylvester", "polar", "lu", "signm", "fractional_matrix_power"],
)
def test_a_singular_equation_of_the_gradient_raises(f: Callable[[Any], Any]) -> None:
    with pytest.raises(np.linalg.LinAlgError, match="singular"):
        mg.grad(f)(np.array([[1.0, 0.0], [0.0, 0.0]]))


def test_a_matrix_of_bytes_beside_a_tensor_costs_no_digits() -> None:
    b, weights = np.array([[4, 1, 0], [1, 3, 1], [0, 1, 5]], np.uint8), np.array([1.0, -2.0, 0.5])

    def slope(b: Any) -> Any:
        return mg.grad(lambda a: np.sum(linalg.eigvalsh(a, b, type=2) * weights))(SQUARE + SQUARE.T)

    np.testing.assert_allclose(slope(b), slope(b.astype(float)), rtol=1e-12)
    np.testing.assert_array_equal(linalg.solve(mg.tensor(b), b[0]).numpy(), linalg.solve(b, b[0]))


@pytest.mark.parametrize("trans", ["N", "T", "C"])
def test_a_complex_triangular_system_has_a_gradient_for_each_transpose(trans: str) -> None:
    a, b = SQUARE + np.eye(3) * (4 + 2j), SQUARE[0] - 1j
    v, h = SQUARE.T * (1 + 3j), 1e-6

    def loss(a: Any) -> Any:
        return np.sum(np.real(linalg.solve_triangular(a, b, trans=trans) * (2 - 1j)))

    expected = (loss(a + h * v) - loss(a - h * v)) / (2 * h)
    assert np.sum(mg.grad(loss)(a) * v).real == pytest.approx(expected, rel=1e-7)


def test_an_ill_conditioned_matrix_has_scipys_warning() -> None:
    a = mg.tensor(np.array([[1.0, 1.0], [1.0, 1.0 + 1e-16]]) + np.diag([0, 3e-16]), requires_grad=True)
    with pytest.warns(scipy.linalg.LinAlgWarning, match="ll-conditioned"):
        linalg.solve(a, np.ones(2))


def test_values_that_are_not_finite_are_refused() -> None:
    a = mg.tensor(SQUARE * np.nan, requires_grad=True)
    for f in (linalg.sqrtm, linalg.inv, linalg.cholesky, lambda a: linalg.solve(a, np.ones(3))):
        with pytest.raises(ValueError, match=r"not contain infs or NaNs|not finite"):
            f(a)


def test_scipys_wrong_solution_for_complex_and_real_arguments_is_not_repeated() -> None:
    a, b, q = SQUARE + 0j, LARGE[:3, :3], np.eye(3)
    y = linalg.solve_sylvester(mg.tensor(a), b, q).numpy()
    np.testing.assert_allclose(a @ y + y @ b, q, atol=1e-12)


@pytest.mark.parametrize("method", ["direct", "bilinear"])
def test_a_complex_discrete_equation_of_a_real_matrix_has_its_solution(method: str) -> None:
    a, q = np.array([[0.5, -0.25], [0.125, 0.3]]), np.array([[1.0, 2j], [3.0 - 1j, 0.5]])

    def solve(x: Any) -> Any:
        return linalg.solve_discrete_lyapunov(x, q, method)

    y = solve(mg.tensor(a)).numpy()
    np.testing.assert_allclose(y - a @ y @ a.T, q)
    step = np.array([[1.0, -0.5], [0.3, 0.7]])
    ahead, behind = (solve(mg.tensor(a + h * step)).numpy() for h in (1e-6, -1e-6))
    slope = np.sum(np.real((ahead - behind) * q)) / 2e-6
    gradient = mg.grad(lambda x: np.sum(np.real(solve(x) * q)))(a)
    assert np.sum(gradient * step) == pytest.approx(slope, rel=1e-6)


def test_columns_that_a_full_factorization_adds_have_no_gradient() -> None:
    with pytest.raises(DifferentiabilityError, match="mode='economic'"):
        mg.grad(lambda a: np.sum(linalg.qr(a)[0] ** 3))(LARGE[:4, :2])
    assert np.isfinite(mg.grad(lambda a: np.sum(linalg.qr(a)[1]))(LARGE[:4, :2])).all()


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("left", lambda a: linalg.eig(a, left=True)),
        ("subset_by_value", lambda a: linalg.eigh(a, subset_by_value=[0, 1])),
        ("return_rank", lambda a: linalg.pinv(a, return_rank=True)),
        ("lapack_driver", lambda a: linalg.svd(a, lapack_driver="gesvd")),
    ],
)
def test_arguments_without_a_rule_are_refused_by_name(name: str, call: Callable[[Any], Any]) -> None:
    with pytest.raises(ArgumentError, match=name):
        call(mg.tensor(SQUARE, requires_grad=True))


def test_the_logarithm_leaves_numpys_random_state_alone() -> None:
    np.random.seed(3)  # noqa: NPY002
    expected = np.random.rand(2)  # noqa: NPY002
    np.random.seed(3)  # noqa: NPY002
    mg.grad(lambda a: np.sum(linalg.logm(a)))(SQUARE)
    np.testing.assert_array_equal(np.random.rand(2), expected)  # noqa: NPY002


def test_eigh_takes_a_range_of_indices_and_gives_values_alone() -> None:
    a = np.array([[2.0, 0.3, 0.1], [0.3, 1.0, 0.2], [0.1, 0.2, -1.0]])
    values, vectors = linalg.eigh(mg.tensor(a, requires_grad=True), subset_by_index=[1, 2])
    expected = scipy.linalg.eigh(a, subset_by_index=[1, 2])
    np.testing.assert_allclose(values.numpy(), expected[0])
    np.testing.assert_allclose(np.abs(vectors.numpy()), np.abs(expected[1]))
    whole = scipy.linalg.eigh(a)[1]
    for function in (linalg.eigvalsh, lambda a, **s: linalg.eigh(a, eigvals_only=True, **s)):
        slope = mg.grad(lambda a, f=function: f(a, subset_by_index=[1, 1])[0])(a)
        square = np.outer(whole[:, 1], whole[:, 1])
        np.testing.assert_allclose(slope, np.tril(2 * square) - np.diag(np.diag(square)), atol=1e-14)
    with pytest.raises(ArgumentError, match=r"subset_by_index is \[2, 3\]"):
        linalg.eigh(mg.tensor(a, requires_grad=True), subset_by_index=[2, 3])


def test_the_logarithm_of_a_float32_matrix_is_real_as_in_double_precision() -> None:
    a = np.array([[1.5, -0.75], [0.5, 1.0]], np.float32)  # complex eigenvalues; SciPy 1.17 returns complex128
    value, gradient = mg.value_and_grad(lambda a: np.sum(linalg.logm(a)))(a)
    assert np.asarray(value).dtype == np.float32
    expected = mg.grad(lambda a: np.sum(linalg.logm(a)))(a.astype(float))
    np.testing.assert_allclose(gradient, expected, rtol=1e-5)


@pytest.mark.parametrize(
    "call", [linalg.logm, lambda a: linalg.fractional_matrix_power(a, 0.3)], ids=["logm", "power"]
)
def test_a_negative_eigenvalue_is_refused_where_the_branch_of_the_derivative_is_arbitrary(call: Any) -> None:
    with pytest.raises(np.linalg.LinAlgError, match="negative eigenvalue"):
        mg.grad(lambda a: np.sum(np.real(call(a))))(np.array([[-2.0, 1.0], [0.0, 3.0]]))
    power = mg.grad(lambda a: np.sum(linalg.fractional_matrix_power(a, 2.0)))(np.diag([-2.0, 3.0]))
    np.testing.assert_allclose(power, [[-4, 1], [1, 6]])
