"""grad, value_and_grad and vjp."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from minigrad_core.engine.modes import recording
from minigrad_core.errors import ArgumentError, DifferentiabilityError, FreedGraphError, GradientError

from minigrad_core import (
    Module,
    ModuleList,
    Parameter,
    Tensor,
    grad,
    no_grad,
    ops,
    tensor,
    value_and_grad,
    vjp,
)


def cube(x: Any) -> Any:
    return np.sum(x * x * x)


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


def test_grad_of_an_array_is_an_array() -> None:
    g = grad(cube)(np.array([1.0, 2.0]))
    assert type(g) is np.ndarray
    np.testing.assert_array_equal(g, [3, 12])


def test_grad_of_a_python_float_is_a_scalar() -> None:
    g = grad(lambda x: x**2)(3.0)
    assert isinstance(g, float)
    assert g == 6.0


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_gradients_keep_the_dtype(dtype: Any) -> None:
    value, g = value_and_grad(lambda x: np.sum(np.tanh(x) * 2.0))(np.ones(2, dtype))
    assert (value.dtype, g.dtype) == (dtype, dtype)


def test_value_and_grad_gives_both() -> None:
    value, g = value_and_grad(cube)(np.array([2.0]))
    assert isinstance(value, float)
    assert value == 8
    np.testing.assert_array_equal(g, [12])


def test_argnums_chooses_the_argument() -> None:
    f = lambda x, y: x * y**2  # noqa: E731
    assert grad(f)(2.0, 3.0) == 9
    assert grad(f, 1)(2.0, 3.0) == 12
    assert grad(f, -1)(2.0, 3.0) == 12
    assert grad(f, (1, 0))(2.0, 3.0) == (12, 9)
    assert grad(f, (0,))(2.0, 3.0) == (9,)


@pytest.mark.parametrize("argnums", [2, -3, (0, 2)])
def test_argnums_out_of_range_are_refused(argnums: Any) -> None:
    with pytest.raises(
        ArgumentError, match="out of range: the function was called with 2 positional arguments"
    ):
        grad(lambda x, y: x * y, argnums)(1.0, 2.0)


def test_an_argument_is_named_once() -> None:
    with pytest.raises(ArgumentError, match="names an argument twice"):
        grad(lambda x, y: x * y, (0, -2))(1.0, 2.0)


def test_keyword_arguments_are_passed_on() -> None:
    assert grad(lambda x, *, power: x**power)(3.0, power=2) == 6


def test_aux_is_anything() -> None:
    marker = object()
    g, aux = grad(lambda x: (cube(x), {"half": x / 2, "it": marker, "n": 3}), has_aux=True)(np.array([2.0]))
    np.testing.assert_array_equal(g, [12])
    assert type(aux["half"]) is np.ndarray
    np.testing.assert_array_equal(aux["half"], [1])
    assert aux["it"] is marker
    assert aux["n"] == 3
    (value, aux), g = value_and_grad(lambda x: (cube(x), "aux"), has_aux=True)(np.array([2.0]))
    assert (value, aux) == (8, "aux")


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


def test_a_module_lists_its_parameters_inside_too() -> None:
    module = Scale()
    g = grad(lambda m: sum(np.sum(p * p) for p in m.parameters()))(module)
    for name, parameter in module.named_parameters():
        np.testing.assert_array_equal(g[name], 2 * parameter.data)


def test_a_module_is_left_as_it_was() -> None:
    module = Scale()
    before = dict(module.named_parameters())
    grad(lambda m, x: np.sum(m(x)))(module, np.ones(2))
    assert all(parameter is before[name] for name, parameter in module.named_parameters())
    assert all(parameter.grad is None for parameter in module.parameters())


def test_a_parameter_shared_by_two_modules_is_one_variable() -> None:
    modules = ModuleList([Shift(1.0), Shift(2.0)])
    modules[1].by = modules[0].by  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    g = grad(lambda m: np.sum(m[0](0.0) * m[1](0.0)))(modules)
    assert list(g) == ["0.by"]
    np.testing.assert_array_equal(g["0.by"], [2, 2])


def test_a_list_of_parameters_gives_plain_arrays_that_can_be_assigned() -> None:
    module = Scale()
    parameters = list(module.parameters())
    for parameter, g in zip(parameters, grad(lambda ps: cube(ps[0]) + cube(ps[1]))(parameters), strict=True):
        parameter.grad = g
    assert parameters[0].grad is not None
    np.testing.assert_array_equal(parameters[0].grad, [12, 27])
    assert parameters[2].grad is not None
    np.testing.assert_array_equal(parameters[2].grad, [0, 0])


def test_what_does_not_depend_on_an_argument_has_a_gradient_of_zeros() -> None:
    assert grad(lambda x: 5.0)(2.0) == 0
    np.testing.assert_array_equal(grad(lambda x, y: np.sum(y))(np.ones((2, 2)), np.ones(1)), np.zeros((2, 2)))
    g = grad(lambda x: np.sum(x["a"]))({"a": np.ones(1), "b": np.ones(2, np.float32)})
    assert g["b"].dtype == np.float32


def test_integers_are_no_variables() -> None:
    with pytest.raises(DifferentiabilityError, match="int64"):
        grad(cube)(np.array([1, 2]))
    with pytest.raises(DifferentiabilityError, match="int64"):
        grad(lambda x: x * 2.0)(3)


@pytest.mark.parametrize(
    ("f", "shown"),
    [(lambda x: x * 2, r"shape \(2,\)"), (lambda x: (np.sum(x), 1), "tuple"), (lambda x: None, "NoneType")],
)
def test_grad_needs_a_scalar(f: Any, shown: str) -> None:
    with pytest.raises(
        GradientError, match=rf"returns a scalar, this one returned {shown}.*or use vjp or jacobian"
    ):
        grad(f)(np.ones(2))


def test_one_element_is_a_scalar() -> None:
    np.testing.assert_array_equal(grad(lambda x: x * 2)(np.ones((1, 1))), [[2]])


def test_the_functions_keep_their_names() -> None:
    assert grad(cube).__name__ == "cube"
    assert value_and_grad(cube).__name__ == "cube"


def test_a_result_shares_memory_with_nothing() -> None:
    x = np.ones(3)
    a, b = grad(lambda x, y: np.sum(x + y), (0, 1))(x, x)
    assert not np.shares_memory(a, b)
    assert not np.shares_memory(a, x)


def test_the_same_array_twice_is_two_variables() -> None:
    x = np.array([2.0])
    f = lambda x, y: np.sum(x**2 * y)  # noqa: E731
    a, b = grad(f, (0, 1))(x, x)
    assert (a.item(), b.item()) == (8, 4)
    inner = grad(lambda x, y: np.sum(grad(f)(x, y)), 1)
    assert inner(x, x).item() == 4


def test_tensors_give_tensors_that_can_be_differentiated_again() -> None:
    x = tensor([2.0], requires_grad=True)
    g = grad(cube)(x)
    assert isinstance(g, Tensor)
    g.backward()
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad, [12])


def test_tensors_that_require_nothing_give_such_tensors() -> None:
    value, g = value_and_grad(cube)(tensor([2.0]))
    assert isinstance(value, Tensor)
    assert isinstance(g, Tensor)
    assert not value.requires_grad
    assert not g.requires_grad


def test_a_gradient_penalty_reaches_closed_over_parameters() -> None:
    weight = Parameter(np.array([3.0]))
    g = grad(lambda x: np.sum(weight * x**2))(tensor([2.0]))
    np.sum(g * g).backward()  # (2 w x)^2
    assert weight.grad is not None
    np.testing.assert_allclose(weight.grad, [2 * 3 * 4 * 4])


def test_closed_over_parameters_do_not_change_what_arrays_give() -> None:
    weight = Parameter(np.array([3.0]))
    value, g = value_and_grad(lambda x: np.sum(weight * x**2))(np.array([2.0]))
    assert type(g) is np.ndarray
    np.testing.assert_array_equal(g, [12])
    assert value == 12
    assert weight.grad is None


def test_no_gradient_is_computed_for_what_is_only_closed_over() -> None:
    calls: list[Any] = []
    weight = Parameter(np.ones((3, 3)))
    matmul = ops.basic.matmul

    class Spy:
        def __call__(self, x: Any) -> Any:
            y = matmul(x, weight)
            original = y.node.op
            y.node.op = _Spying(original, calls)
            return y

    grad(lambda x: np.sum(Spy()(x)))(np.ones((2, 3)))
    assert calls == [(True, False)]


class _Spying:
    once_differentiable = False
    broadcasts = False
    name = "spying"

    def __init__(self, op: Any, calls: list[Any]) -> None:
        self.op, self.calls = op, calls

    def backward(self, ctx: Any, grad: Any) -> Any:
        self.calls.append(ctx.needs)
        return self.op.backward(ctx, grad)


def test_a_freed_graph_behind_a_closure_is_an_error_not_zeros() -> None:
    def f(x: Any) -> Any:
        y = x * x
        np.sum(y).backward()  # frees the graph of y, down to the leaf behind x
        return np.sum(y)

    with pytest.raises(FreedGraphError, match="multiply"):
        grad(f)(np.ones(2))


def test_grad_works_inside_no_grad_and_gives_results_without_history() -> None:
    x = tensor([2.0], requires_grad=True)
    with no_grad():
        g = grad(cube)(x)
    assert not g.requires_grad
    np.testing.assert_array_equal(g.numpy(), [12])


def test_no_grad_inside_makes_constants() -> None:
    def f(x: Any) -> Any:
        with no_grad():
            y = x * x
        return np.sum(y * x)

    np.testing.assert_array_equal(grad(f)(np.array([3.0])), [9])


def test_state_is_restored_when_the_body_raises() -> None:
    def f(x: Any) -> Any:
        raise RuntimeError("mine")

    for transform in (grad(f), value_and_grad(f), lambda x: vjp(f, x)):
        with pytest.raises(RuntimeError, match="mine"):
            transform(np.ones(1))
    assert recording.get()
    assert type(grad(cube)(np.ones(1))) is np.ndarray  # and not a tensor, as inside another transform


def test_vjp_takes_cotangents_of_the_values_form() -> None:
    value, pullback = vjp(
        lambda x, y: {"product": x * y, "sum": [x + y]}, np.array([1.0, 2.0]), np.array([3.0, 4.0])
    )
    np.testing.assert_array_equal(value["product"], [3, 8])
    c = np.array([1.0, 10.0])
    x, y = pullback({"sum": [c], "product": np.zeros(2)})
    np.testing.assert_array_equal(x, c)
    x, y = pullback({"product": c, "sum": [0 * c]})
    np.testing.assert_array_equal(x, [3, 40])
    np.testing.assert_array_equal(y, [1, 20])


def test_a_pullback_may_be_called_again() -> None:
    _, pullback = vjp(lambda x: x**2, np.array([1.0, 2.0]))
    for c in ([1.0, 0.0], [0.0, 1.0]):
        np.testing.assert_array_equal(pullback(np.array(c)), 2 * np.array([1, 2]) * c)


def test_a_pullback_may_be_differentiated() -> None:
    _, pullback = vjp(lambda x: x**3, np.array([2.0]))
    np.testing.assert_array_equal(
        grad(lambda c: np.sum(pullback(c) ** 2))(np.array([5.0])), [2 * 5 * 12 * 12]
    )


@pytest.mark.parametrize(
    ("cotangents", "message"),
    [
        (np.ones(3), r"expected an array of shape \(2,\), got ndarray of shape \(3,\)"),
        (1.0, r"expected an array of shape \(2,\), got float of shape \(\)"),
        (None, r"expected an array of shape \(2,\), got None"),
        ({"a": np.ones(2)}, r"expected an array of shape \(2,\), got the keys \['a'\]"),
    ],
)
def test_cotangents_of_another_form_are_refused(cotangents: Any, message: str) -> None:
    _, pullback = vjp(lambda x: x**2, np.ones(2))
    with pytest.raises(GradientError, match=f"the cotangents of the value: {message}"):
        pullback(cotangents)


def test_cotangents_in_another_container_are_refused() -> None:
    _, pullback = vjp(lambda x: {"a": x, "b": [x, x]}, np.ones(2))
    with pytest.raises(
        GradientError, match=r"expected a dict with the keys \['a', 'b'\], got the keys \['a'\]"
    ):
        pullback({"a": np.ones(2)})
    with pytest.raises(GradientError, match="expected a list of 2, got a list of 1"):
        pullback({"a": np.ones(2), "b": [np.ones(2)]})
