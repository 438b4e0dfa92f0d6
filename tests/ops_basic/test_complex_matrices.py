"""Phases of complex vectors, equal eigenvalues, double roots."""

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


def sum_weighted(y: Any) -> Any:
    """Return a real number that depends on the real and imaginary parts of y."""
    return np.sum(np.real(y * W.ravel()[: y.size].reshape(y.shape)))


@pytest.mark.parametrize("side", [0, 2], ids=["u", "v"])
def test_vectors_of_a_complex_square_matrix_have_the_phase_of_lapack(side: int) -> None:
    def total(x: Any) -> Any:
        return sum_weighted(np.linalg.svd(x)[side])

    slope = (total(Z + 1e-6 * STEP) - total(Z - 1e-6 * STEP)) / 2e-6
    assert np.sum(mg.grad(total)(Z) * STEP).real == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize(
    "vectors",
    [
        lambda x: np.linalg.eigh(x)[1],
        lambda x: np.linalg.svd(x)[0],
        lambda x: np.linalg.svd(x, hermitian=True)[0],
    ],
    ids=["eigh", "svd", "hermitian"],
)
def test_a_phase_without_a_real_component_is_refused_where_the_loss_depends_on_it(vectors: Any) -> None:
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


def test_zeros_around_a_polynomial_and_a_root_that_occurs_twice() -> None:
    np.testing.assert_allclose(gradient(np.roots, np.array([0.0, 2.0, 4.0])), [-2.0, 1.0, -0.5])  # z = -2
    np.testing.assert_allclose(gradient(np.roots, np.array([2.0, 4.0, 0.0])), [1.0, -0.5, 0.0])  # -2 and 0
    double = np.array([1.0, 2.0, 0.0, 0.0])
    with pytest.raises(np.linalg.LinAlgError, match="a root occurs twice"):
        gradient(np.roots, double)
    np.testing.assert_allclose(gradient(lambda p: np.roots(p)[0], double), [2.0, -1.0, 0.5, -0.25])


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
