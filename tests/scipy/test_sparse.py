"""Sparse arrays with values of a tensor: products, and systems of equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse

import minigrad_core as mg
from minigrad_core.errors import ArgumentError
from minigrad_scipy import sparse
from minigrad_scipy.sparse.sparse_tensor import SparseTensor

RNG = np.random.default_rng(0)
ROWS, COLUMNS = np.array([2, 0, 1, 0, 2, 1]), np.array([2, 0, 1, 0, 0, 2])  # one place twice, in no order
DATA = np.array([2.0, 1.5, -1.0, 0.5, 0.7, 0.3])
B = RNG.normal(size=(3, 2))
DENSE = scipy.sparse.coo_array((DATA, (ROWS, COLUMNS)), shape=(3, 3)).toarray()


def fill(data: Any) -> Any:
    """Return the dense array as a function of the values."""
    places = np.zeros((6, 9))
    places[np.arange(6), 3 * ROWS + COLUMNS] = 1
    return (data @ places).reshape(3, 3)


@pytest.mark.parametrize("form", ["csr", "csc", "coo"])
@pytest.mark.parametrize("kind", ["array", "matrix"])
def test_a_sparse_array_of_a_tensor_has_scipys_products_and_gradients(form: str, kind: str) -> None:
    make = getattr(sparse, f"{form}_{kind}")

    def total(data: Any) -> Any:
        a = make((data, (ROWS, COLUMNS)), shape=(3, 3))
        return (
            np.sum((a @ B) ** 2)
            + np.sum((a.T @ B[:, 0]) ** 3)
            + np.sum((B.T @ a) * (mg.tensor(B.T) @ a))
            + a.dot(B)[0, 1]
        )

    def dense_total(data: Any) -> Any:
        a = fill(data)
        return np.sum((a @ B) ** 2) + np.sum((a.T @ B[:, 0]) ** 3) + np.sum((B.T @ a) ** 2) + (a @ B)[0, 1]

    np.testing.assert_allclose(total(mg.tensor(DATA)).item(), dense_total(DATA))
    np.testing.assert_allclose(mg.grad(total)(DATA), mg.grad(dense_total)(DATA), rtol=1e-12)
    np.testing.assert_allclose(mg.hessian(total)(DATA), mg.hessian(dense_total)(DATA), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("form", ["csr", "csc"])
def test_compressed_values_are_read_as_in_scipy(form: str) -> None:
    plain = getattr(scipy.sparse, f"{form}_array")(DENSE[:2])
    data = mg.tensor(plain.data, requires_grad=True)
    a = getattr(sparse, f"{form}_array")((data, plain.indices, plain.indptr), shape=plain.shape)
    assert a.shape == a.T.T.shape == (2, 3)
    np.testing.assert_array_equal(a.toarray().detach(), DENSE[:2])
    np.testing.assert_array_equal((2 * a * 0.5).T.toarray().detach(), DENSE[:2].T)


def test_blocks_of_values_have_the_same_gradients(monkeypatch: pytest.MonkeyPatch) -> None:
    total = lambda data: np.sum((sparse.csr_array((data, (ROWS, COLUMNS)), shape=(3, 3)) @ B) ** 2)  # noqa: E731
    expected = mg.grad(total)(DATA)
    monkeypatch.setattr("minigrad_scipy.sparse.products._BLOCK", 4)
    np.testing.assert_allclose(mg.grad(total)(DATA), expected, rtol=1e-14)


def test_scipys_values_times_a_tensor() -> None:
    a = sparse.csr_array(DENSE)
    assert isinstance(a, scipy.sparse.csr_array)
    np.testing.assert_allclose(a @ B, DENSE @ B)
    np.testing.assert_allclose(mg.grad(lambda x: np.sum((a @ x) ** 2))(B), 2 * DENSE.T @ DENSE @ B)
    np.testing.assert_allclose(mg.grad(lambda x: np.sum((x @ a) ** 2))(B.T), 2 * B.T @ DENSE @ DENSE.T)


@pytest.mark.parametrize("b", [B, B[:, 0], B[:, :1]])
def test_spsolve_has_the_gradients_of_a_dense_solution(b: Any) -> None:
    def total(data: Any, b: Any) -> Any:
        a = sparse.csc_array((data, (ROWS, COLUMNS)), shape=(3, 3))
        return np.sum(sparse.linalg.spsolve(a, b) ** 3)

    def dense_total(data: Any, b: Any) -> Any:
        return np.sum(np.linalg.solve(fill(data), b) ** 3)

    a = sparse.csr_array(DENSE)
    expected = scipy.sparse.linalg.spsolve(a, b)
    np.testing.assert_allclose(sparse.linalg.spsolve(a, mg.tensor(b)).numpy(), expected)
    for got, wanted in zip(
        mg.grad(total, (0, 1))(DATA, b), mg.grad(dense_total, (0, 1))(DATA, b), strict=True
    ):
        np.testing.assert_allclose(got, wanted, rtol=1e-10)
    np.testing.assert_allclose(
        mg.hessian(lambda d: total(d, b))(DATA), mg.hessian(lambda d: dense_total(d, b))(DATA), rtol=1e-9
    )


def test_a_singular_array_and_wrong_shapes_are_refused() -> None:
    b = mg.tensor(B, requires_grad=True)
    with pytest.raises(np.linalg.LinAlgError, match="the sparse array is singular"):
        sparse.linalg.spsolve(sparse.csr_array(np.diag([1.0, 0.0, 2.0])), b)
    with pytest.raises(ArgumentError, match=r"A has shape \(2, 3\), b has shape \(3, 2\)"):
        sparse.linalg.spsolve(sparse.csr_array(DENSE[:2]), b)
    a = sparse.coo_array((mg.tensor(DATA), (ROWS, COLUMNS)))
    with pytest.raises(ArgumentError, match="sparse right-hand side"):
        sparse.linalg.spsolve(a, scipy.sparse.csr_array(B))
    with pytest.raises(ValueError, match="indices must be < 3"):
        sparse.csr_array((mg.tensor(DATA), COLUMNS + 5, np.array([0, 2, 4, 6])), shape=(3, 3))
    with pytest.raises(ArgumentError, match=r"shape \(3, 3\) times a dense one of shape \(2, 3\)"):
        a.dot(B.T)


def test_the_gradient_of_spsolve_reuses_the_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    splu = scipy.sparse.linalg.splu

    def count(a: Any) -> Any:
        calls.append(a)
        return splu(a)

    monkeypatch.setattr(scipy.sparse.linalg, "splu", count)
    b = mg.tensor(B, requires_grad=True)
    sparse.linalg.spsolve(sparse.csr_array(DENSE), b).sum().backward()
    assert len(calls) == 1


def test_the_data_of_a_sparse_tensor_stay_in_the_graph() -> None:
    data = mg.tensor(DATA, requires_grad=True)
    a = sparse.csr_array((data, (ROWS, COLUMNS)))
    assert isinstance(a, SparseTensor)
    assert a.data.requires_grad
    assert repr(a) == "<sparse array of shape (3, 3) with 6 values of a tensor>"


@pytest.mark.parametrize("name", ["cg", "gmres", "bicgstab"])
def test_iterations_have_the_gradients_of_the_solution(name: str) -> None:
    symmetric = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 2.0]])
    a = scipy.sparse.csr_array(symmetric)

    def total(data: Any, b: Any) -> Any:
        matrix = sparse.csr_array((data, a.indices, a.indptr))
        x, info = getattr(sparse.linalg, name)(matrix, b, rtol=1e-12, M=np.diag([0.2, 0.3, 0.5]))
        assert info == 0
        return np.sum(x**3)

    places = a.tocoo()

    def dense_total(data: Any, b: Any) -> Any:
        dense = np.zeros((3, 3)) + 0 * data[0]
        dense[places.row, places.col] = data
        return np.sum(np.linalg.solve(dense, b) ** 3)

    arguments = a.data, B[:, 0]
    np.testing.assert_allclose(total(*map(mg.tensor, arguments)).item(), dense_total(*arguments))
    for got, wanted in zip(
        mg.grad(total, (0, 1))(*arguments), mg.grad(dense_total, (0, 1))(*arguments), strict=True
    ):
        np.testing.assert_allclose(got, wanted, rtol=1e-8)
    short = {"maxiter": 1, "restart": 1} if name == "gmres" else {"maxiter": 1}
    with pytest.raises(np.linalg.LinAlgError, match="has not converged"):
        getattr(sparse.linalg, name)(sparse.csr_array(a), mg.tensor(B[:, 0]), rtol=1e-14, **short)
    with pytest.raises(ArgumentError, match="do not support x0"):
        getattr(sparse.linalg, name)(sparse.csr_array(a), mg.tensor(B[:, 0]), B[:, 1])
    with pytest.raises(ArgumentError, match="A has to be a sparse array"):
        getattr(sparse.linalg, name)(symmetric, mg.tensor(B[:, 0]))
