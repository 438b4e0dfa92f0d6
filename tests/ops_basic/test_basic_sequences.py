"""Tensors in lists, and functions that return lists of tensors."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import ConversionError


def test_np_array_joins_nested_tensors_where_like_lets_them_answer() -> None:
    def f(x: Any) -> Any:
        return np.array([[x[0], 1.0], [x[1] * x[0], x[1]]], like=x)

    x = np.array([2.0, 3.0])
    np.testing.assert_array_equal(mg.jacobian(f)(x), [[[1, 0], [0, 0]], [[3, 2], [0, 1]]])
    hessian = mg.hessian(lambda x: np.sum(f(x) ** 2))(x)
    np.testing.assert_array_equal(hessian, [[20.0, 24.0], [24.0, 10.0]])


def test_np_array_without_like_is_refused_and_names_both_ways_out() -> None:
    t = mg.tensor(1.0, requires_grad=True)
    with pytest.raises(ConversionError, match=r"np\.stack.*np\.array\(\[\.\.\.\], like=tensor\)"):
        np.array([t, t])


def test_np_array_honours_dtype_and_ndmin_and_refuses_what_a_copy_cannot_keep() -> None:
    t = mg.tensor([1.0, 2.0], requires_grad=True)
    out: Any = np.array(t, dtype=np.float32, ndmin=2, like=t)
    assert (out.shape, out.dtype) == ((1, 2), np.float32)
    np.sum(out).backward()
    np.testing.assert_array_equal(t.grad, [1.0, 1.0])
    with pytest.raises(TypeError, match="copy"):
        np.array(t, copy=False, like=t)


def test_a_list_with_tensors_is_an_array_of_them_beside_a_tensor() -> None:
    def f(x: Any) -> Any:
        return np.dot(x, [x[0], 2.0]) + np.sum([[x[1]], [3.0]] * x)

    np.testing.assert_array_equal(mg.grad(f)(np.array([1.0, 4.0])), [9.0, 14.0])


@pytest.mark.parametrize(
    "split",
    [
        lambda x: np.split(x, 2),
        lambda x: np.array_split(x, 3),
        lambda x: np.vsplit(x, [1]),
        lambda x: np.hsplit(x, 2),
        lambda x: np.dsplit(x, 2),
    ],
    ids=["split", "array_split", "vsplit", "hsplit", "dsplit"],
)
def test_numpys_way_to_split_gives_a_list(split: Any) -> None:
    x = mg.tensor(np.ones((2, 2, 2)), requires_grad=True)
    parts = split(x)
    assert type(parts) is list
    assert [p.shape for p in parts] == [p.shape for p in split(x.data)]
    assert type(mg.ops.basic.split(x, indices_or_sections=2)) is tuple


def test_concatenate_takes_a_dtype_and_sends_each_its_own_back() -> None:
    x = mg.tensor([1.0], dtype=np.float32, requires_grad=True)
    out: Any = np.concatenate([x, np.ones(2)], dtype=np.float32)
    assert out.dtype == np.float32
    wide: Any = np.concatenate([x, x], dtype=np.float64)
    wide.backward()
    assert x.grad is not None
    assert x.grad.dtype == np.float32
    assert x.grad.tolist() == [2.0]


def test_divmod_of_python_is_that_of_numpy() -> None:
    x = mg.tensor([7.5, -7.5], requires_grad=True)
    quotient, rest = builtins.divmod(x, 2.0)
    np.testing.assert_array_equal(quotient.data, [3.0, -4.0])
    (quotient + 3.0 * rest).backward()
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])
    assert [t.item() for t in builtins.divmod(7.5, mg.tensor(2.0))] == [3.0, 1.5]
