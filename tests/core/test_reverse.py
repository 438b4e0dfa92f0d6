"""grad and value_and_grad."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import (
    Parameter,
    Tensor,
    grad,
    no_grad,
    ops,
    tensor,
    value_and_grad,
    vjp,
)
from minigrad_core.engine.modes import recording
from minigrad_core.errors import ArgumentError, DifferentiabilityError, FreedGraphError, GradientError


def cube(x: Any) -> Any:
    return np.sum(x * x * x)


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


def test_with_aux_a_pair_is_expected() -> None:
    for f in (cube, lambda x: x * 2, lambda x: (cube(x), 1, 2)):
        with pytest.raises(
            ArgumentError, match=r"has_aux=True the function returns \(scalar, anything\), got"
        ):
            grad(f, has_aux=True)(np.ones(2))


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


def test_a_freed_graph_is_an_error_not_zeros() -> None:
    kept: list[Any] = []

    def f(x: Any) -> Any:
        kept.append(x * x)
        return np.sum(kept[0])

    _, pullback = vjp(f, np.ones(2))
    np.sum(kept[0]).backward()  # frees the graph, down to the leaf behind x
    with pytest.raises(FreedGraphError, match="multiply"):
        pullback(1.0)


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
