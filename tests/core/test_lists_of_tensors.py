"""Lists of tensors, which NumPy converts without calling the tensors' protocols, are refused."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, ConversionError

X = np.array([0.5, 2.0, 3.0])
SCALARS = np.array([200, 100], np.uint8)  # NumPy multiplies and adds them modulo 256

TRANSFORMS: dict[str, Any] = {
    "backward": lambda f: lambda x: f(mg.tensor(x, requires_grad=True)).backward(),
    "value_and_grad": mg.value_and_grad,
    "hessian": mg.hessian,
    "jvp": lambda f: lambda x: mg.jvp(f, x, x),
    "grad of grad": lambda f: mg.grad(lambda x: np.sum(mg.grad(f)(x))),
    "checkpoint": lambda f: mg.grad(mg.checkpoint(f)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.linalg.norm(np.array([x[0], SCALARS[0], SCALARS[1]])),
        lambda x: np.sum(np.array([x[0], x[1] ** 2])),
        lambda x: np.sum(np.array([x, x])),
        lambda x: np.sum(np.array([x[0], x[1]], dtype=object)),
        lambda x: np.sum(np.asarray([[x[0], 1.0], [x[1], 2.0]])),
        lambda x: np.sum([x[0], x[1]]),
        lambda x: np.mean((x[0], x[1])),
        lambda x: np.max([x[0], 1.0]),
        lambda x: np.exp([x[0], 1.0])[0],
        lambda x: np.linalg.inv([[x[0], 0.0], [0.0, x[1]]])[0, 0],
        lambda x: np.sum(np.r_[x, 0.0]),
        lambda x: np.sum(np.full(3, x[0])),
        lambda x: np.sum(np.asarray(x)),
        lambda x: np.sum(np.array(x[0])),
    ],
)
def test_a_list_of_tensors_is_refused_in_every_transform_and_function(name: str, f: Any) -> None:
    with pytest.raises(
        ConversionError, match=r"np\.stack\(.*np\.concatenate\(.*np\.array\(.*, like=tensor\)"
    ):
        TRANSFORMS[name](f)(X)


def test_the_advised_calls_have_the_right_values_and_gradients() -> None:
    def norm(x: Any) -> Any:
        return np.linalg.norm(np.array([x[0], *SCALARS], like=x))

    value, slope = mg.value_and_grad(norm)(X)
    assert value == np.linalg.norm([0.5, 200, 100])
    np.testing.assert_allclose(slope, [0.5 / value, 0, 0])
    joined = mg.grad(lambda x: np.linalg.norm(np.concatenate([x[:1], SCALARS])))(X)
    np.testing.assert_array_equal(joined, slope)
    np.testing.assert_array_equal(mg.grad(lambda x: np.sum(np.stack([x[0], x[1]])))(X), [1, 1, 0])


def test_lists_of_tensors_that_require_no_gradient_become_arrays() -> None:
    t = mg.tensor(X)
    np.testing.assert_array_equal(np.array([t[0], t[1]]), X[:2])
    assert np.sum([t, t]) == 2 * X.sum()


def test_an_operation_joins_a_list_among_its_inputs() -> None:
    np.testing.assert_array_equal(
        mg.grad(lambda x: np.sum(x * [x[0], x[1], SCALARS[0]]))(X), [1.0, 4.0, 200.0]
    )


def test_an_array_of_objects_is_no_operand() -> None:
    def f(x: Any) -> Any:
        objects = np.empty(3, object)
        for i in range(3):
            objects[i] = x[i]
        return np.sum(x * objects)

    with pytest.raises(ArgumentError, match=r"basic::multiply.*np\.stack\(list\(x\)\) joins tensors"):
        mg.grad(f)(X)


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, lambda x: copy.deepcopy([x, x])[1]])
def test_a_copy_in_a_differentiated_function_has_the_gradient_of_the_original(make: Any) -> None:
    np.testing.assert_allclose(mg.hessian(lambda x: np.sum(make(x) * make(x * x)))(X), np.diag(6 * X))


@pytest.mark.parametrize("kind", [tuple, list])
def test_an_operation_takes_a_sequence_where_its_numpy_function_does(kind: Any) -> None:
    x = np.arange(6.0).reshape(2, 3)
    functions: Any = (np.concatenate, np.stack, np.hstack)
    for function in functions:
        arrays = kind([x, 2 * x])
        np.testing.assert_array_equal(mg.ops[f"basic::{function.__name__}"](arrays).data, function(arrays))
    joined = mg.grad(lambda t: np.sum(mg.ops["basic::concatenate"](kind([t, 2 * t])) ** 2))(x)
    np.testing.assert_array_equal(joined, 10 * x)


def test_a_list_is_one_array_where_numpy_takes_it_so() -> None:
    assert mg.ops["basic::atleast_2d"]([1.0, 2.0]).shape == (1, 2)
    assert mg.ops["basic::concatenate"]([[1.0, 2.0]]).shape == (2,)
