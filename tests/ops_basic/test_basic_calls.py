# ruff: noqa: E501 - tables of indices and calls read best in wide rows
"""NumPy's calls on tensors: every kind of index, and refusals that name a way out."""

from __future__ import annotations

import operator
import pickle
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator

import minigrad_core as mg
from minigrad_core.errors import ArgumentError


@pytest.fixture
def x() -> Any:
    return mg.tensor(np.arange(12.0).reshape(3, 4), requires_grad=True)


@pytest.mark.parametrize(
    "index",
    [
        1, -1, np.int64(2), (1, 2), slice(None), slice(None, None, -2), (slice(1, None), 0), ..., (..., 1), None, (None, 1, None),
        (slice(None), None, slice(1, 3)), [0, 2], np.array([0, 2, 0, -1]), (np.array([0, 2]), np.array([1, 1])),
        (np.array([[0], [2]]), np.array([1, 1, 3])), (slice(None), np.array([3, 3, 0])), (np.array([1, 1]), slice(0, 2)),
        np.arange(12).reshape(3, 4) % 3 == 0, np.zeros((3, 4), bool), (np.array([True, False, True]), slice(None)),
        (slice(None), np.array([True, False, True, True])), np.array(True), np.array([], int), (0, np.array([1, 1]), None), (),
    ],
    ids=repr,
)  # fmt: skip
def test_every_kind_of_index_reads_and_sends_back(x: Any, index: Any) -> None:
    out = x[index]
    expected = x.data[index]
    np.testing.assert_array_equal(out.data, expected)
    cotangent = np.arange(1.0, expected.size + 1).reshape(expected.shape)
    out.backward(cotangent)
    reference = np.zeros((3, 4))
    np.add.at(reference, index, cotangent)
    np.testing.assert_array_equal(x.grad, reference)


REFUSALS: dict[str, tuple[Any, str]] = {
    "put_along_axis": (lambda x: np.put_along_axis(x, np.array([[0]]), 1.0, 1), "mg.ops.basic.put_along_axis"),
    "at": (lambda x: np.add.at(x, 0, 1.0), "scatter_add"),
    "reduceat": (lambda x: np.add.reduceat(x, [0, 1]), "np.split"),
    "astype": (lambda x: np.astype(x, int), "no gradient"),
    "integer sum": (lambda x: np.sum(x, dtype=int), "int64 have no gradient"),
    "complex extreme": (lambda x: np.maximum(x * 1j, 0), "is for real numbers, and has no gradient for complex"),
    "where": (lambda x: np.where(x), "np.nonzero"),
    "clip": (lambda x: np.clip(x, 0, a_max=1, max=2), "not as both"),
    "histogram": (lambda x: np.histogram(x), "range="),
    "putmask": (lambda x: np.putmask(x, x > 1, 0.0), r"t\[mask\] = values"),
    "full_like": (lambda x: np.full_like(np.zeros(2), x[0, 0]), r"t \* np.ones_like"),
    "asarray": (lambda x: np.asarray([x, x], like=x), r"np\.array\(values, like=tensor\)"),
    "apply_over_axes": (lambda x: np.apply_over_axes(np.sum, x, [0]), "one axis after the other"),
    "where of a ufunc": (lambda x: np.exp(x, where=x.data > 1), r"np.exp: where= .* np.where\(mask, f\(x\), values\)"),
    "ddof and correction": (lambda x: np.var(x, ddof=1, correction=1), "two names of one argument"),
    "mean": (lambda x: np.var(x, axis=1, mean=x[:, 0]), r"mean has shape \(3,\), which does not broadcast to \(3, 4\)"),
    "tensors from outside": (lambda x: np.apply_along_axis(lambda line: x[0] * line, 1, x.data + x), "silently"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_names_the_way_out(x: Any, name: str) -> None:
    call, match = REFUSALS[name]
    with pytest.raises((TypeError, ValueError), match=match):
        call(x)


def test_an_array_does_not_take_in_a_tensor_in_place(x: Any) -> None:
    array = np.zeros((3, 4))
    with pytest.raises(TypeError, match="out="):
        array += x


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.sum(x, axis=0, out=np.zeros(4)),
        lambda x: np.clip(x, 0, 1, out=x),
        lambda x: np.einsum("ij->ji", x, out=np.zeros((4, 3))),
    ],
    ids=["sum", "clip", "einsum"],
)
def test_no_function_writes_its_result_to_an_array(x: Any, call: Any) -> None:
    with pytest.raises(TypeError, match=r"out= would write in place.*use the result"):
        call(x)


def test_a_position_may_be_written_to_an_array_that_is_given(x: Any) -> None:
    out = np.zeros((), int)
    assert np.argmax(x, out=out) is out


def test_an_out_of_none_is_no_array_to_write_to(x: Any) -> None:
    np.testing.assert_array_equal(np.einsum("ij->ji", x, out=None).data, x.data.T)


def test_a_tensor_goes_into_no_file(x: Any) -> None:
    with pytest.raises(TypeError, match=r"Nothing flows through a file: give it t.numpy\(\)"):
        np.save("nothing.npy", x)


def test_decompositions_keep_numpys_names() -> None:
    a: Any = mg.tensor(np.diag([3.0, 2.0]), requires_grad=True)
    assert np.linalg.eigh(a).eigenvalues.shape == (2,)
    svd: Any = np.linalg.svd(a)
    assert svd.S.requires_grad
    assert np.linalg.slogdet(a).logabsdet.requires_grad


@pytest.mark.parametrize("call", [operator.mul, operator.matmul, operator.add])
def test_a_sparse_matrix_whose_star_is_the_matrix_product_is_refused(x: Any, call: Any) -> None:
    with pytest.raises(
        ArgumentError, match=r"csr_matrix has operators of its own.*x\.toarray\(\).*csr_array"
    ):
        call(x, sparse.csr_matrix(np.ones((4, 4))))


def test_a_product_with_a_sparse_array_has_the_gradient_of_the_dense_one(x: Any) -> None:
    dense = np.triu(np.arange(16.0).reshape(4, 4))
    (x @ sparse.csr_array(dense)).sum().backward()
    np.testing.assert_array_equal(x.grad, np.ones((3, 4)) @ dense.T)
    (x[0] @ sparse.csr_array(dense)).sum().backward()
    np.testing.assert_array_equal(x.grad[0], 2 * np.sum(dense, axis=1))
    with pytest.raises(ArgumentError, match=r"pass its array, x\.toarray\(\)"):
        operator.mul(x, sparse.csr_array(np.ones((3, 4))))


@pytest.mark.parametrize("call", [operator.mul, operator.matmul])
def test_an_operator_of_scipy_whose_star_is_the_matrix_product_is_refused(x: Any, call: Any) -> None:
    with pytest.raises(ArgumentError, match=r"does not let NumPy handle its operators.*write an operation"):
        call(x, aslinearoperator(np.ones((4, 4))))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ["sin", "exp", "add", "negative", "concatenate"])
def test_an_operation_is_pickled_with_each_protocol(name: str, protocol: int, x: Any) -> None:
    op = mg.ops[f"basic::{name}"]
    copied = pickle.loads(pickle.dumps(op, protocol))
    inputs = (x, x) if name in ("add", "concatenate") else (x,)
    np.testing.assert_array_equal(copied(*inputs).data, op(*inputs).data)
    np.sum(copied(*inputs)).backward()
    assert x.grad is not None


def test_unwrap_refuses_a_period_of_zero() -> None:
    with pytest.raises(ArgumentError, match="period must not be 0"):
        np.unwrap(mg.tensor([1.0, 2.0], requires_grad=True), period=0)
