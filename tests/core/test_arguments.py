"""Arguments of transforms: by position, modules, nested containers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from minigrad_core import grad, hessian, jacobian, value_and_grad
from minigrad_core.errors import ArgumentError


class Point(NamedTuple):
    x: Any
    y: Any


def test_argnums_chooses_the_argument() -> None:
    f = lambda x, y: x * y**2  # noqa: E731
    assert grad(f)(2.0, 3.0) == 9
    assert grad(f, 1)(2.0, 3.0) == 12
    assert grad(f, -1)(2.0, 3.0) == 12
    assert grad(f, (1, 0))(2.0, 3.0) == (12, 9)
    assert grad(f, (0,))(2.0, 3.0) == (9,)
    assert grad(f, np.int64(1))(2.0, 3.0) == 12  # type: ignore[arg-type]  # any integer
    assert jacobian(f, 1)(2.0, 3.0) == 12
    assert jacobian(f, (0, 1))(2.0, 3.0) == (9, 12)
    assert hessian(f, 1)(2.0, 3.0) == 4
    assert hessian(f, (0, 1))(2.0, 3.0) == ((0, 6), (6, 4))


@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian, hessian])
@pytest.mark.parametrize(
    ("argnums", "message"),
    [
        ("y", "argnums: expected an integer or a tuple of them, got 'y'"),
        (1.0, "argnums: expected an integer"),
        ((0, None), "argnums: expected an integer"),
        (2, "out of range: the function was called with 2 positional arguments"),
        (-3, "out of range"),
        ((0, 2), "argnums 2 is out of range"),
        ((0, -2), "names an argument twice"),
    ],
)
def test_wrong_argnums_are_refused(transform: Any, argnums: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        transform(lambda x, y: x * y, argnums)(1.0, 2.0)


def test_keyword_arguments_are_passed_on() -> None:
    assert grad(lambda x, *, power: x**power)(3.0, power=2) == 6


def test_gradients_have_the_structure_of_nested_arguments() -> None:
    arguments = {"a": [np.array([1.0]), (2.0, None)], "b": {"c": np.array([[3.0]])}, "p": Point(4.0, 5.0)}

    def f(t: Any) -> Any:
        return np.sum(t["a"][0]) * 2 + t["a"][1][0] * 3 + np.sum(t["b"]["c"]) * 4 + t["p"].x * t["p"].y

    g = grad(f)(arguments)
    assert g == {"a": [np.array([2.0]), (3.0, None)], "b": {"c": np.array([[4.0]])}, "p": Point(5.0, 4.0)}
    assert type(g["p"]) is Point


def test_one_array_as_two_arguments_is_two_variables() -> None:
    x = np.array([2.0])
    f = lambda x, y: np.sum(x**2 * y)  # noqa: E731
    a, b = grad(f, (0, 1))(x, x)
    assert (a.item(), b.item()) == (8, 4)
    inner = grad(lambda x, y: np.sum(grad(f)(x, y)), 1)
    assert inner(x, x).item() == 4
