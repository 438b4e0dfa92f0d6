"""Arguments of transforms: by position, modules, nested containers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from minigrad_core import Module, ModuleList, Parameter, grad, hessian, jacobian, value_and_grad
from minigrad_core.errors import ArgumentError


class Scale(Module):
    offset: Any

    def __init__(self) -> None:
        self.factor = Parameter(np.array([2.0, 3.0]), "factor")
        self.layers = ModuleList([Shift(1.0), Shift(2.0)])
        self.register_buffer("offset", np.array([10.0, 10.0]))

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x * self.factor + self.offset


class Shift(Module):
    def __init__(self, by: float) -> None:
        self.by = Parameter(np.array([by, by]))

    def forward(self, x: Any) -> Any:
        return x + self.by


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


def test_results_mirror_nested_arguments() -> None:
    arguments = {"a": [np.array([1.0]), (2.0, None)], "b": {"c": np.array([[3.0]])}, "p": Point(4.0, 5.0)}

    def f(t: Any) -> Any:
        return np.sum(t["a"][0]) * 2 + t["a"][1][0] * 3 + np.sum(t["b"]["c"]) * 4 + t["p"].x * t["p"].y

    g = grad(f)(arguments)
    assert g == {"a": [np.array([2.0]), (3.0, None)], "b": {"c": np.array([[4.0]])}, "p": Point(5.0, 4.0)}
    assert type(g["p"]) is Point


def test_a_module_is_an_argument_whose_gradient_is_a_dict_of_names() -> None:
    module, x = Scale(), np.array([1.0, -1.0])
    value, g = value_and_grad(lambda m, x: np.sum(m(x) ** 2), (0, 1))(module, x)
    y = (x + 3) * module.factor.data + 10
    assert value == np.sum(y**2)
    assert list(g[0]) == ["factor", "layers.0.by", "layers.1.by"]
    np.testing.assert_allclose(g[0]["factor"], 2 * y * (x + 3))
    np.testing.assert_allclose(g[0]["layers.1.by"], 2 * y * module.factor.data)
    np.testing.assert_allclose(g[1], g[0]["layers.0.by"])
    assert all(type(a) is np.ndarray for a in g[0].values())


def test_a_module_lists_its_parameters_inside_the_function_too_and_is_not_changed() -> None:
    module = Scale()
    before = dict(module.named_parameters())
    g = grad(lambda m: sum(np.sum(p * p) for p in m.parameters()))(module)
    for name, parameter in module.named_parameters():
        np.testing.assert_array_equal(g[name], 2 * parameter.data)
        assert parameter is before[name]
        assert parameter.grad is None


def test_a_parameter_shared_by_two_modules_is_one_variable() -> None:
    modules = ModuleList([Shift(1.0), Shift(2.0)])
    modules[1].by = modules[0].by  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    g = grad(lambda m: np.sum(m[0](0.0) * m[1](0.0)))(modules)
    assert list(g) == ["0.by"]
    np.testing.assert_array_equal(g["0.by"], [2, 2])


def test_a_list_of_parameters_gives_plain_arrays_that_can_be_assigned() -> None:
    module = Scale()
    parameters = list(module.parameters())
    gradients = grad(lambda ps: np.sum(ps[0] ** 3 + ps[1] ** 3))(parameters)
    for parameter, g in zip(parameters, gradients, strict=True):
        parameter.grad = g
    assert parameters[0].grad is not None
    np.testing.assert_array_equal(parameters[0].grad, [12, 27])
    assert parameters[2].grad is not None
    np.testing.assert_array_equal(parameters[2].grad, [0, 0])


def test_the_same_array_twice_is_two_variables() -> None:
    x = np.array([2.0])
    f = lambda x, y: np.sum(x**2 * y)  # noqa: E731
    a, b = grad(f, (0, 1))(x, x)
    assert (a.item(), b.item()) == (8, 4)
    inner = grad(lambda x, y: np.sum(grad(f)(x, y)), 1)
    assert inner(x, x).item() == 4
