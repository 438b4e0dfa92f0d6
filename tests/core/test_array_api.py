"""The namespace of tensors that libraries for the array API standard call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import grad, tensor

xp: Any = tensor(0.0).__array_namespace__()
X = np.array([[2.0, -1.0, 2.0], [0.5, -1.0, 3.0]])


@pytest.mark.parametrize("name", ["unique_all", "unique_counts", "unique_inverse"])
def test_unique_values_are_in_the_graph_and_the_others_are_numbers(name: str) -> None:
    found, expected = getattr(xp, name)(tensor(X, requires_grad=True)), getattr(np, name)(X)
    assert type(found) is type(expected)
    assert found.values.requires_grad
    for result, array in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.asarray(result.numpy()), array)


def test_the_gradient_of_a_unique_value_is_that_of_its_first_place() -> None:
    gradient = grad(lambda x: np.sum(xp.unique_values(x) * np.arange(4.0)))(X)
    np.testing.assert_array_equal(gradient, [[2.0, 0.0, 0.0], [1.0, 0.0, 3.0]])


def test_functions_that_read_a_shape_give_constants() -> None:
    x = tensor(X, requires_grad=True)
    results: list[Any] = [
        xp.full_like(x, 1, dtype=int),
        np.full_like(x, 1, dtype=int),
        np.full_like(x, 2.0),
        xp.zeros_like(x, dtype=xp.bool),
        np.ones_like(x, dtype=int),
        xp.empty_like(x),
    ]
    for result in results:
        assert result.shape == x.shape
        assert not result.requires_grad
    np.testing.assert_array_equal(grad(lambda v: np.sum(np.full_like(x, v)))(3.0), 6.0)


CONSTANT: dict[str, Any] = {
    "a mask": lambda x: xp.astype(x, xp.bool),
    "two numbers": lambda x: xp.where(x > 0, 1.0, 0.0),
    "a kind": lambda x: xp.asarray(xp.isdtype(x.dtype, "real floating")),
}


@pytest.mark.parametrize("name", CONSTANT)
def test_a_result_that_is_constant_requires_no_gradient(name: str) -> None:
    result = CONSTANT[name](tensor(X, requires_grad=True))
    assert not result.requires_grad
    np.testing.assert_array_equal(result.numpy(), CONSTANT[name](tensor(X)).numpy())


def test_where_takes_a_number_beside_a_tensor() -> None:
    np.testing.assert_array_equal(grad(lambda x: np.sum(xp.where(x > 0, x, 7.0)))(X), X > 0)


def test_indices_may_be_tensors() -> None:
    def f(x: Any) -> Any:
        order = xp.argsort(x, axis=1)
        return np.sum(xp.take_along_axis(x, order, axis=1)[:, 0] + xp.take(x, tensor([1, 2]))[0])

    np.testing.assert_array_equal(grad(f)(X), [[0.0, 3.0, 0.0], [0.0, 1.0, 0.0]])


def test_numpys_other_functions_are_in_the_namespace() -> None:
    windows = xp.lib.stride_tricks.sliding_window_view
    gradient = grad(lambda x: xp.einsum("ij->", windows(xp.pad(x, 1), 3, axis=0).sum(0)))(X)
    np.testing.assert_array_equal(gradient, [[2.0, 2.0, 2.0], [2.0, 2.0, 2.0]])
    assert xp.linalg.norm(tensor(X, requires_grad=True)).requires_grad
    assert xp.fft.fft2 is np.fft.fft2


@pytest.mark.parametrize("name", ["array", "put_along_axis", "copyto", "nothing", "__wrapped__"])
def test_a_function_that_gives_no_tensor_or_writes_in_place_is_not_in_the_namespace(name: str) -> None:
    assert not hasattr(xp, name)
