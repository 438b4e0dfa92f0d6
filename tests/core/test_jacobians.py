"""`jacobian` and `hessian`; see `test_every_transform.py` for the properties of all transforms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import hessian, jacobian, tensor
from minigrad_core.errors import GradientError


def test_a_tall_jacobian_is_computed_column_by_column_in_one_call() -> None:
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return np.stack([np.sin(x * k) for k in range(1, 40)])

    x = np.array([0.1, 0.2])
    found = jacobian(f)(x)
    assert len(calls) == 1
    k = np.arange(1, 40)[:, None, None]
    np.testing.assert_allclose(found, k * np.cos(x[:, None] * k) * np.eye(2), rtol=1e-12)
    assert jacobian(f)(x.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, ">f8"])
@pytest.mark.parametrize("rows", [1, 40])  # a sweep for each row, or for each column
def test_the_dtype_is_that_of_the_argument(rows: int, dtype: Any) -> None:
    def f(x: Any) -> Any:
        return np.stack([x[0] * np.float64(k) for k in range(rows)])

    for x in (np.ones(1, dtype), tensor(np.ones(1, dtype), requires_grad=True)):
        assert jacobian(f)(x).dtype == dtype
    assert hessian(lambda x: x @ x)(np.ones(2, dtype)).dtype == dtype


@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (1,)])
def test_jacobians_of_any_shape(shape: tuple[int, ...]) -> None:
    x = np.ones(shape)
    assert jacobian(lambda x: x * 2)(x).shape == shape + shape
    assert jacobian(np.sum)(x).shape == shape
    assert jacobian(lambda y: x * y)(1.0).shape == shape
    assert jacobian(lambda y: np.stack([x * y] * 3))(np.ones(())).shape == (3, *shape)


@pytest.mark.parametrize("constant", [True, 3, 1j, np.arange(3), np.array([True]), tensor([1, 2])])
def test_the_jacobian_of_a_constant_of_any_dtype_is_zeros(constant: Any) -> None:
    found = jacobian(lambda x: constant)(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(found, np.zeros((*np.shape(constant), 2)))


def test_jacobians_have_the_structure_of_value_and_argument() -> None:
    found = jacobian(lambda d: [d["x"] * 2, {"s": np.sum(d["x"]) * d["y"]}])({"x": np.ones(2), "y": 3.0})
    np.testing.assert_array_equal(found[0]["x"], 2 * np.eye(2))
    np.testing.assert_array_equal(found[0]["y"], np.zeros(2))
    np.testing.assert_array_equal(found[1]["s"]["x"], [3, 3])
    assert found[1]["s"]["y"] == 2


def test_hessian_needs_a_scalar() -> None:
    with pytest.raises(GradientError, match=r"returns a scalar.*jacobian\(jacobian\(f\)\) for hessian\(f\)"):
        hessian(lambda x: x)(np.ones(2))
    squares = jacobian(jacobian(lambda x: x**2))(np.ones(2))
    np.testing.assert_array_equal(squares, [[[2, 0], [0, 0]], [[0, 0], [0, 2]]])
