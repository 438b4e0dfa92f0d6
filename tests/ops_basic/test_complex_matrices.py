"""Decompositions of complex matrices, eigenvalues of any matrix, roots: closed forms and phases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import DifferentiabilityError

from .gradients import gradient

RNG = np.random.default_rng(4)


def draw(*shape: int) -> Any:
    return RNG.normal(size=shape) + 1j * RNG.normal(size=shape)


Z, W, STEP = draw(4, 4), draw(4, 4), draw(4, 4)
X = np.array([[1.0, -2.0, 0.5], [0.5, 1.5, -0.5], [0.25, 0.5, -1.0]])  # of eigenvalues that are complex


def assert_same(f: Any, g: Any, x: Any) -> None:
    """Both have the same value and the same gradient at x."""
    assert f(x) == pytest.approx(g(x), rel=1e-12)
    np.testing.assert_allclose(mg.grad(f)(x), mg.grad(g)(x), rtol=1e-10, atol=1e-12)


def adjoint(x: Any) -> Any:
    return np.swapaxes(np.conj(x), -1, -2)


def sum_weighted(y: Any) -> Any:
    """Return a real number that depends on each part of y."""
    return np.sum(np.real(y * W.ravel()[: y.size].reshape(y.shape)))


def test_a_complex_determinant_has_a_sign_that_turns() -> None:
    def by_parts(x: Any) -> Any:
        sign, log = np.linalg.slogdet(x)
        return np.real(sign * np.exp(log) * (1 + 2j))

    assert_same(by_parts, lambda x: np.real(np.linalg.det(x) * (1 + 2j)), Z)


def test_sums_of_eigenvalues_are_traces() -> None:
    assert_same(lambda x: np.real(np.sum(np.linalg.eigvals(x) ** 3)), lambda x: np.trace(x @ x @ x), X)
    assert_same(lambda x: np.real(np.prod(np.linalg.eigvals(x))), lambda x: np.real(np.linalg.det(x)), Z)
    assert_same(
        lambda x: np.sum(np.linalg.eigvalsh(x @ adjoint(x)) ** 2),
        lambda x: np.linalg.norm(x @ adjoint(x)) ** 2,
        Z,
    )
    assert_same(lambda x: np.sum(np.linalg.svdvals(x) ** 2), lambda x: np.linalg.norm(x) ** 2, Z[:3])


@pytest.mark.parametrize("x", [X, Z], ids=["real", "complex"])
def test_a_function_of_a_matrix_by_its_eigenvectors(x: Any) -> None:
    def cubed(x: Any) -> Any:
        w, v = np.linalg.eig(x)
        return sum_weighted((v * w**3) @ np.linalg.inv(v))

    assert_same(cubed, lambda x: sum_weighted(np.linalg.matrix_power(x, 3)), x)


def test_a_function_of_a_hermitian_matrix_by_its_eigenvectors() -> None:
    def inverse(x: Any) -> Any:
        w, v = np.linalg.eigh(x @ adjoint(x))
        return sum_weighted((v / w) @ adjoint(v))

    assert_same(inverse, lambda x: sum_weighted(np.linalg.inv(x @ adjoint(x))), Z)


@pytest.mark.parametrize("x", [Z, Z[:, :2], Z[:2]], ids=["square", "tall", "wide"])
def test_the_factors_of_a_complex_matrix_make_it(x: Any) -> None:
    def by_svd(x: Any) -> Any:
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        return sum_weighted((u * s) @ vh)

    def by_qr(x: Any) -> Any:
        q, r = np.linalg.qr(x)
        return sum_weighted(q @ r)

    assert_same(by_svd, sum_weighted, x)
    assert_same(by_qr, sum_weighted, x)
    assert_same(lambda x: sum_weighted(np.linalg.pinv(np.linalg.pinv(x))), sum_weighted, x)


def test_cholesky_of_a_square_gives_the_factor_of_qr() -> None:
    assert_same(
        lambda x: np.sum(np.abs(np.linalg.cholesky(adjoint(x) @ x, upper=True)) ** 2),
        lambda x: np.sum(np.abs(np.linalg.qr(x)[1]) ** 2),
        Z,
    )
    lower = mg.grad(lambda x: sum_weighted(np.linalg.cholesky(x @ adjoint(x))))(Z)
    upper = mg.grad(lambda x: sum_weighted(adjoint(np.linalg.cholesky(x @ adjoint(x), upper=True))))(Z)
    np.testing.assert_allclose(lower, upper, rtol=1e-10)


def test_least_squares_of_complex_values_are_the_normal_equations() -> None:
    a, b = Z[:, :2], Z[:, 2]

    def solution(a: Any) -> Any:
        x, rest, _, _ = np.linalg.lstsq(a, b, rcond=None)
        return sum_weighted(x) + np.sum(rest)

    def normal(a: Any) -> Any:
        x = np.linalg.solve(adjoint(a) @ a, adjoint(a) @ b)
        return sum_weighted(x) + np.sum(np.abs(b - a @ x) ** 2)

    assert_same(solution, normal, a)


PHASED = {
    "eigh": lambda x: np.linalg.eigh(x + adjoint(x))[1],
    "eigh U": lambda x: np.linalg.eigh(x + adjoint(x), "U")[1],
    "eig": lambda x: np.linalg.eig(x)[1],
    "u": lambda x: np.linalg.svd(x)[0],
    "v": lambda x: np.linalg.svd(x)[2],
    "u of a tall one": lambda x: np.linalg.svd(x[:, :2], full_matrices=False)[0],
    "u of a wide one": lambda x: np.linalg.svd(x[:2], full_matrices=False)[0],
    "v of a wide one": lambda x: np.linalg.svd(x[:2], full_matrices=False)[2],
    "q": lambda x: np.linalg.qr(x)[0],
}


@pytest.mark.parametrize("f", PHASED.values(), ids=PHASED)
def test_what_depends_on_the_phase_has_the_gradient_of_lapacks_vectors(f: Any) -> None:
    h = 1e-6
    slope = (sum_weighted(f(Z + h * STEP)) - sum_weighted(f(Z - h * STEP))) / (2 * h)
    assert np.sum(mg.grad(lambda x: sum_weighted(f(x)))(Z) * STEP).real == pytest.approx(slope, rel=1e-6)
    _, along = mg.jvp(lambda x: sum_weighted(f(x)), (Z,), (STEP,))
    assert along == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize(
    "vectors",
    [
        lambda x: np.linalg.eigh(x)[1],
        lambda x: np.linalg.svd(x)[0],
        lambda x: np.linalg.svd(x, hermitian=True)[0],
    ],
    ids=["eigh", "svd", "hermitian"],
)
def test_a_phase_that_nothing_holds_is_refused_where_it_counts(vectors: Any) -> None:
    x = np.diag([1.0, 2.0, 4.0]) + 0j
    with pytest.raises(DifferentiabilityError, match="phase of a complex vector is LAPACK's choice"):
        mg.grad(lambda x: np.sum(np.imag(vectors(x))))(x)
    assert not mg.grad(lambda x: np.sum(np.abs(vectors(x)) ** 4))(x).any()


def test_equal_eigenvalues_of_any_matrix() -> None:
    # The real parts: from NumPy 2.5 on, the values are complex even where none is.
    np.testing.assert_allclose(gradient(lambda x: np.linalg.eigvals(x)[2].real, 2 * np.eye(3)), np.eye(3) / 3)
    np.testing.assert_allclose(gradient(lambda x: np.linalg.eig(x)[0][0].real, 2 * np.eye(3)), np.eye(3) / 3)
    with pytest.raises(np.linalg.LinAlgError, match="eig: two values are equal"):
        gradient(lambda x: np.real(np.linalg.eig(x)[1] * X), 2 * np.eye(3))
    for f in (np.linalg.eigvals, lambda x: np.linalg.eig(x)[0]):
        with pytest.raises(np.linalg.LinAlgError, match="two equal eigenvalues with one vector"):
            gradient(lambda x: np.real(f(x)), np.array([[1.0, 1.0], [0.0, 1.0]]))  # noqa: B023 - called at once


@pytest.mark.parametrize("p", [[2.0, 1.0, 3.0], [2.0, -7.0, 3.0], [1 + 1j, 2.0, 3j]])
def test_the_roots_of_a_quadratic(p: Any) -> None:
    def by_formula(p: Any) -> Any:
        a, b, c = p[0], p[1], p[2]
        root = np.sqrt(b * b - 4 * a * c + 0j)
        z = (-b + np.stack([root, -root])) / (2 * a)
        return np.sum(np.real(z**3 * (1 + 2j)) + np.abs(z))

    assert_same(
        lambda p: np.sum(np.real(np.roots(p) ** 3 * (1 + 2j)) + np.abs(np.roots(p))), by_formula, np.array(p)
    )


def test_roots_are_undone_by_poly() -> None:
    for p in (np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, -2.0, 3.0, 0.0]), draw(4)):
        seed = RNG.normal(size=4)
        _, pullback = mg.vjp(lambda p: np.real(p[0] * np.poly(np.roots(p))), p)
        np.testing.assert_allclose(pullback(seed), seed, rtol=1e-9, atol=1e-12)


def test_zeros_around_a_polynomial_and_a_root_that_occurs_twice() -> None:
    np.testing.assert_allclose(gradient(np.roots, np.array([0.0, 2.0, 4.0])), [-2.0, 1.0, -0.5])  # z = -2
    np.testing.assert_allclose(gradient(np.roots, np.array([2.0, 4.0, 0.0])), [1.0, -0.5, 0.0])  # -2 and 0
    double = np.array([1.0, 2.0, 0.0, 0.0])
    with pytest.raises(np.linalg.LinAlgError, match="a root occurs twice"):
        gradient(np.roots, double)
    np.testing.assert_allclose(gradient(lambda p: np.roots(p)[0], double), [2.0, -1.0, 0.5, -0.25])


def test_the_characteristic_polynomial() -> None:
    assert_same(lambda x: np.poly(x)[-1], lambda x: -np.linalg.det(x), X)
    assert_same(lambda x: np.real(np.poly(x)[1]), lambda x: -np.real(np.trace(x)), Z)


@pytest.mark.parametrize(
    "f", [np.linalg.eigvals, np.poly, lambda x: np.roots(x[0])], ids=["eigvals", "poly", "roots"]
)
def test_single_precision_stays_single(f: Any) -> None:
    x = mg.tensor(X, dtype=np.float32, requires_grad=True)
    y: Any = np.sum(np.abs(f(x)))
    y.backward()
    assert x.grad is not None
    assert y.dtype == np.float32
    assert x.grad.dtype == np.float32
