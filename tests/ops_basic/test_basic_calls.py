# ruff: noqa: E501 - tables of indices and calls read best in wide rows
"""NumPy's calls on tensors: every kind of index, keywords honoured or refused by name, defaults, refusals
with a way out.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest
from scipy import sparse  # type: ignore[import-untyped]  # SciPy ships no types
from scipy.sparse.linalg import aslinearoperator  # type: ignore[import-untyped]

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


def test_reduce_has_numpys_default_axis(x: Any) -> None:
    assert np.add.reduce(x).shape == (4,)
    assert np.sum(x).shape == ()
    assert np.logaddexp.reduce(x, axis=1).shape == (3,)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda x: np.sum(x, out=np.empty(())), "out"),
        (lambda x: np.add(x, 1, out=np.empty((3, 4))), "out="),
        (lambda x: np.add(x, 1, where=np.zeros((3, 4), bool)), "where"),
        (lambda x: np.sort(x, order="a"), "order"),
        (lambda x: np.quantile(x, 0.5, overwrite_input=True), "overwrite_input"),
        (lambda x: np.pad(x, 1, mode="empty"), "empty"),
        (lambda x: np.linalg.qr(x, mode="complete"), "complete"),
        (lambda x: np.put_along_axis(x, np.array([[0]]), 1.0, 1), "mg.ops.basic.put_along_axis"),
        (lambda x: np.add.at(x, 0, 1.0), "scatter_add"),
        (lambda x: np.add.reduceat(x, [0, 1]), "np.split"),
        (lambda x: np.astype(x, int), "no gradient"),
        (lambda x: np.sum(x, dtype=int), "int64 have no gradient"),
        (lambda x: np.maximum(x * 1j, 0), "is for real numbers, and has no gradient for complex ones"),
        (lambda x: np.where(x), "np.nonzero"),
        (lambda x: np.clip(x, 0, a_max=1, max=2), "not as both"),
        (lambda x: np.histogram(x), "range="),
        (lambda x: np.putmask(x, x > 1, 0.0), "setitem"),
        (lambda x: np.full_like(np.zeros(2), x[0, 0]), "t \\* np.ones_like"),
        (lambda x: np.asarray([x, x], like=x), r"np\.array\(values, like=tensor\)"),
        (lambda x: np.apply_over_axes(np.sum, x, [0]), "one axis after the other"),
    ],
    ids=[
        "sum out",
        "add out",
        "where",
        "order",
        "overwrite_input",
        "pad",
        "qr",
        "put_along_axis",
        "at",
        "reduceat",
        "astype",
        "integer sum",
        "complex extremes",
        "where",
        "clip",
        "histogram",
        "putmask",
        "full_like",
        "asarray",
        "apply_over_axes",
    ],
)
def test_what_is_not_known_is_refused_by_name(x: Any, call: Any, match: str) -> None:
    with pytest.raises(TypeError, match=match):
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


def test_a_tensor_goes_into_no_file(x: Any) -> None:
    with pytest.raises(TypeError, match=r"Nothing flows through a file: give it t.numpy\(\)"):
        np.save("nothing.npy", x)


def test_decompositions_keep_numpys_names() -> None:
    a: Any = mg.tensor(np.diag([3.0, 2.0]), requires_grad=True)
    assert np.linalg.eigh(a).eigenvalues.shape == (2,)
    svd: Any = np.linalg.svd(a)
    assert svd.S.requires_grad
    assert np.linalg.slogdet(a).logabsdet.requires_grad


def test_queries_give_plain_arrays_with_numpys_arguments(x: Any) -> None:
    assert type(np.argmax(x, 1)) is np.ndarray
    assert np.argmax(x, axis=1).tolist() == [3, 3, 3]
    assert np.argsort(x, kind="stable").shape == (3, 4)
    assert np.isclose(x, x.data).all()
    assert np.searchsorted(np.arange(3.0), x[0]).tolist() == [0, 1, 2, 3]
    assert np.round(x / 3, 1).dtype == np.float64


def test_methods_are_those_of_numpy(x: Any) -> None:
    np.testing.assert_array_equal(x.compress([True, False, True], axis=0).data, x.data[[0, 2]])
    np.testing.assert_array_equal(x.mT.data, x.data.T)
    np.testing.assert_array_equal(x.reshape(4, 3, order="F").data, x.data.reshape(4, 3, order="F"))
    np.testing.assert_array_equal(x.ravel(order="F").data, x.data.ravel(order="F"))
    assert x.searchsorted is not None


def test_var_takes_a_mean_and_a_correction(x: Any) -> None:
    mean = mg.tensor(x.data.mean(axis=1, keepdims=True), requires_grad=True)
    for function in (np.var, np.std, np.nanvar, np.nanstd):
        given = function(x, axis=1, mean=mean, correction=1)
        np.testing.assert_allclose(given.data, function(x.data, axis=1, ddof=1))
    with pytest.raises(ValueError, match="one thing"):
        np.var(x, ddof=1, correction=1)
    with pytest.raises(ValueError, match=r"mean has shape \(3,\), which does not broadcast to \(3, 4\)"):
        np.var(x, axis=1, mean=x[:, 0])


def test_a_histogram_with_given_edges_is_plain(x: Any) -> None:
    counts, edges = np.histogram(x, bins=2, range=(0, 12))
    assert (counts.tolist(), edges.tolist()) == ([6, 6], [0.0, 6.0, 12.0])


def test_functions_of_functions_differentiate_them(x: Any) -> None:
    def halves(x: Any) -> Any:
        return np.piecewise(x, [x < 3, x > 8], [lambda a: -a, 7.0, np.square])

    np.testing.assert_array_equal(halves(x).data, halves(x.data))
    expected = np.where(x.data < 3, -1, np.where(x.data > 8, 0, 2 * x.data))
    np.testing.assert_array_equal(mg.grad(lambda a: np.sum(halves(a)))(x.data), expected)
    w = mg.tensor(2.0, requires_grad=True)
    with pytest.raises(TypeError, match="in silence"):  # not a gradient for x alone
        np.apply_along_axis(lambda line: w * line, 0, x)


def test_unique_gives_its_values_the_gradient_of_their_first_places() -> None:
    x = mg.tensor([3.0, 1.0, 3.0, 2.0], requires_grad=True)
    values, counts = np.unique(x, return_counts=True)
    assert counts.numpy().tolist() == [1, 1, 2]  # type: ignore[attr-defined]
    (values * np.array([1.0, 2.0, 3.0])).sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 1.0, 0.0, 2.0])


def test_interp_takes_a_number_to_look_up() -> None:
    heights = mg.tensor([1.0, 3.0, 0.0], dtype=np.float32, requires_grad=True)
    y: Any = np.interp(0.25, [0.0, 1.0, 2.0], heights)
    y.backward()
    assert (y.item(), y.dtype) == (1.5, np.float32)
    np.testing.assert_array_equal(heights.grad, [0.75, 0.25, 0.0])


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
    with pytest.raises(ArgumentError, match=r"pass its array, x\.toarray\(\)"):
        operator.mul(x, sparse.csr_array(np.ones((3, 4))))


@pytest.mark.parametrize("call", [operator.mul, operator.matmul])
def test_an_operator_of_scipy_whose_star_is_the_matrix_product_is_refused(x: Any, call: Any) -> None:
    with pytest.raises(ArgumentError, match=r"does not let NumPy handle its operators.*write an operation"):
        call(x, aslinearoperator(np.ones((4, 4))))
