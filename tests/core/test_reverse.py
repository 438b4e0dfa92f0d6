"""`grad`, `value_and_grad`, `vjp`; see `test_every_transform.py` for the properties of all transforms."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from minigrad_core import Parameter, grad, no_grad, ops, tensor, value_and_grad, vjp
from minigrad_core.errors import ArgumentError, FreedGraphError, GradientError


def cube(x: Any) -> Any:
    return np.sum(x * x * x)


@grad
def slope(x: Any) -> Any:
    return cube(x)


def test_a_decorated_function_pickles_by_its_name() -> None:
    assert pickle.loads(pickle.dumps(slope)) is slope
    with pytest.raises(pickle.PicklingError, match="not the same object"):
        pickle.dumps(grad(cube))


def test_value_and_gradient_of_an_array() -> None:
    value, g = value_and_grad(cube)(np.array([1.0, 2.0]))
    assert isinstance(value, float)
    assert value == 9
    np.testing.assert_array_equal(g, [3, 12])
    np.testing.assert_array_equal(grad(cube)(np.array([1.0, 2.0])), g)


def test_aux_may_be_of_any_type() -> None:
    marker = object()
    g, aux = grad(lambda x: (cube(x), {"half": x / 2, "it": marker, "n": 3}), has_aux=True)(np.array([2.0]))
    np.testing.assert_array_equal(g, [12])
    assert type(aux["half"]) is np.ndarray
    np.testing.assert_array_equal(aux["half"], [1])
    assert aux["it"] is marker
    assert aux["n"] == 3
    (value, aux), g = value_and_grad(lambda x: (cube(x), "aux"), has_aux=True)(np.array([2.0]))
    assert (value, aux) == (8, "aux")


def test_aux_shares_no_memory_with_an_argument_or_a_parameter() -> None:
    x, weight = np.ones(3), Parameter(np.ones(3))
    auxes: list[Any] = [
        lambda x: x,
        lambda x: x[1:],
        lambda x: x.numpy(),
        lambda x: [weight.detach(), x[::2]],
    ]
    for aux in auxes:
        _, found = grad(lambda x, aux=aux: (cube(x), aux(x)), has_aux=True)(x)
        for array in found if isinstance(found, list) else [found]:
            array[...] = 7
    np.testing.assert_array_equal([x, weight.data], np.ones((2, 3)))
    constant = np.ones(2)
    assert grad(lambda x: (cube(x), constant), has_aux=True)(x)[1] is constant


def test_with_aux_the_function_returns_a_pair() -> None:
    message = r"has_aux=True the function returns \(scalar, anything\), got"
    for f in (cube, lambda x: x * 2, lambda x: (cube(x), 1, 2)):
        with pytest.raises(ArgumentError, match=message):
            grad(f, has_aux=True)(np.ones(2))


def test_the_gradient_of_an_unused_argument_is_zeros_of_its_shape_and_dtype() -> None:
    np.testing.assert_array_equal(grad(lambda x, y: np.sum(y))(np.ones((2, 2)), np.ones(1)), np.zeros((2, 2)))
    g = grad(lambda x: np.sum(x["a"]))({"a": np.ones(1), "b": np.ones(2, np.float32)})
    assert g["b"].dtype == np.float32


@pytest.mark.parametrize(
    ("f", "shown"),
    [
        (lambda x: x * 2, r"shape \(2,\)"),
        (lambda x: (np.sum(x), 1), "a tuple"),
        (lambda x: None, "None .is its return missing"),
    ],
)
def test_grad_needs_a_scalar(f: Any, shown: str) -> None:
    message = rf"returns a scalar, this one returned {shown}.*or use vjp or jacobian"
    with pytest.raises(GradientError, match=message):
        grad(f)(np.ones(2))


def test_an_array_with_one_element_is_a_scalar() -> None:
    np.testing.assert_array_equal(grad(lambda x: x * 2)(np.ones((1, 1))), [[2]])


def test_a_result_shares_memory_with_no_other_array() -> None:
    x = np.ones(3)
    a, b = grad(lambda x, y: np.sum(x + y), (0, 1))(x, x)
    assert not np.shares_memory(a, b)
    assert not np.shares_memory(a, x)


def test_a_gradient_penalty_reaches_closed_over_parameters() -> None:
    weight = Parameter(np.array([3.0]))
    g = grad(lambda x: np.sum(weight * x**2))(tensor([2.0]))
    np.sum(g * g).backward()  # (2 w x)^2
    assert weight.grad is not None
    np.testing.assert_allclose(weight.grad, [2 * 3 * 4 * 4])


def test_no_gradient_is_computed_for_a_closed_over_parameter() -> None:
    needs: list[Any] = []
    weight = Parameter(np.ones((3, 3)))

    class Spy:
        once_differentiable, broadcasts, name = False, False, "spy"

        def __init__(self, op: Any) -> None:
            self.op = op

        def backward(self, ctx: Any, grad: Any) -> Any:
            needs.append(ctx.needs)
            return self.op.backward(ctx, grad)

    def f(x: Any) -> Any:
        y: Any = ops.basic.matmul(x, weight)
        y.node.op = Spy(y.node.op)
        return np.sum(y)

    grad(f)(np.ones((2, 3)))
    assert needs == [(True, False)]


def test_a_freed_graph_is_an_error_and_not_zeros() -> None:
    kept: list[Any] = []

    def f(x: Any) -> Any:
        kept.append(x * x)
        return np.sum(kept[0])

    _, pullback = vjp(f, np.ones(2))
    np.sum(kept[0]).backward()  # frees the graph, down to the leaf behind x
    with pytest.raises(FreedGraphError, match="multiply"):
        pullback(1.0)


def test_no_grad_inside_the_function_makes_constants() -> None:
    def f(x: Any) -> Any:
        with no_grad():
            y = x * x
        return np.sum(y * x)

    np.testing.assert_array_equal(grad(f)(np.array([3.0])), [9])


def test_cotangents_have_the_structure_of_the_value() -> None:
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


def test_a_pullback_may_be_called_again_and_differentiated() -> None:
    _, pullback = vjp(lambda x: x**2, np.array([1.0, 2.0]))
    for c in ([1.0, 0.0], [0.0, 1.0]):
        np.testing.assert_array_equal(pullback(np.array(c)), 2 * np.array([1, 2]) * c)
    by_cotangents = grad(lambda c: np.sum(pullback(c) ** 2))(np.array([5.0, 0.0]))
    np.testing.assert_array_equal(by_cotangents, [2 * 5 * 2 * 2, 0])


@pytest.mark.parametrize("cotangents", [np.ones(3), 1.0, None, {"a": np.ones(2)}])
def test_cotangents_of_another_structure_are_refused(cotangents: Any) -> None:
    _, pullback = vjp(lambda x: x**2, np.ones(2))
    with pytest.raises(
        GradientError, match=r"the cotangents of the value: expected an array of shape \(2,\)"
    ):
        pullback(cotangents)


@pytest.mark.parametrize("as_tensor", [False, True])
@pytest.mark.parametrize("function", [np.exp, np.tanh, lambda x: x, lambda x: np.reshape(np.exp(x), (1, 3))])
def test_the_value_may_be_written_to(function: Any, as_tensor: bool) -> None:
    x = np.array([0.5, 1.0, 2.0])
    expected = vjp(function, x.copy())
    value, pullback = vjp(function, tensor(x) if as_tensor else x)
    array = value.data if as_tensor else value
    np.testing.assert_array_equal(array, function(x))
    slope = expected[1](np.ones_like(array))
    array -= 1
    np.testing.assert_array_equal(pullback(np.ones_like(array)), slope)
    np.testing.assert_array_equal(x, [0.5, 1.0, 2.0])


def test_a_constant_in_the_value_may_be_written_to() -> None:
    kept = np.ones(3)
    (value, constant), pullback = vjp(lambda x: (x * kept, kept), np.ones(3))
    constant += 1
    value += 1
    np.testing.assert_array_equal(pullback((np.ones(3), np.zeros(3))), np.ones(3))
