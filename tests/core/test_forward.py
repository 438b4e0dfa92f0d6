"""jvp: the transpose of the pullback."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import (
    Array,
    Context,
    Module,
    Operation,
    Parameter,
    Tensor,
    grad,
    hvp,
    jvp,
    no_grad,
    tensor,
    vjp,
)
from minigrad_core.errors import DifferentiabilityError, GradientError


def test_the_tangent_is_the_jacobian_times_the_tangents() -> None:
    x, t = np.array([1.0, 2.0]), np.array([1.0, 10.0])
    value, tangent = jvp(lambda x: x**3, (x,), (t,))
    assert type(value) is np.ndarray
    assert type(tangent) is np.ndarray
    np.testing.assert_array_equal(value, [1, 8])
    np.testing.assert_array_equal(tangent, [3, 120])


def test_numbers_give_numbers() -> None:
    value, tangent = jvp(np.sin, (0.5,), (2.0,))
    assert isinstance(value, float)
    assert isinstance(tangent, float)
    np.testing.assert_allclose(tangent, 2 * np.cos(0.5))


def test_one_argument_may_stand_by_itself() -> None:
    np.testing.assert_array_equal(jvp(lambda x: x * 2, np.ones(2), np.ones(2))[1], [2, 2])
    np.testing.assert_array_equal(jvp(lambda d: d["a"] * 2, {"a": np.ones(2)}, {"a": np.ones(2)})[1], [2, 2])


def test_several_arguments_and_outputs_keep_their_forms() -> None:
    def f(x: Any, d: Any) -> Any:
        return {"sum": x + d["y"], "rest": [x * d["y"], 7.0]}

    value, tangent = jvp(f, (2.0, {"y": np.array([3.0])}), (1.0, {"y": np.array([10.0])}))
    assert value == {"sum": np.array([5.0]), "rest": [np.array([6.0]), 7.0]}
    assert tangent == {"sum": np.array([11.0]), "rest": [np.array([23.0]), 0.0]}


def test_tangents_of_dicts_match_by_key() -> None:
    f = lambda d: d["a"] * 3 + d["b"]  # noqa: E731
    assert jvp(f, ({"a": 1.0, "b": 2.0},), ({"b": 10.0, "a": 1.0},))[1] == 13


def test_a_module_takes_a_dict_of_names() -> None:
    class Scale(Module):
        def __init__(self) -> None:
            self.factor = Parameter(np.array([2.0]))

        def forward(self, x: Any) -> Any:
            return x * self.factor

    value, tangent = jvp(lambda m: m(3.0), (Scale(),), ({"factor": np.array([1.0])},))
    assert (value.item(), tangent.item()) == (6, 3)


def test_dtypes_are_kept() -> None:
    value, tangent = jvp(np.tanh, (np.ones(2, np.float32),), (np.ones(2),))
    assert (value.dtype, tangent.dtype) == (np.float32, np.float32)


def test_what_does_not_depend_on_the_arguments_has_a_tangent_of_zeros() -> None:
    _, tangent = jvp(lambda x: (np.ones(3), 5, x > 0), (np.ones(2),), (np.ones(2),))
    np.testing.assert_array_equal(tangent[0], np.zeros(3))
    assert tangent[1] == 0
    np.testing.assert_array_equal(tangent[2], np.zeros(2))


def test_tensors_give_tensors() -> None:
    x = tensor([2.0], requires_grad=True)
    value, tangent = jvp(lambda x: x**3, (x,), (tensor([1.0]),))
    assert isinstance(value, Tensor)
    tangent.backward()
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad, [12])


def test_the_tangent_can_be_differentiated_by_the_tangents() -> None:
    f = lambda t: np.sum(jvp(lambda x: x**3, (np.array([1.0, 2.0]),), (t,))[1] ** 2)  # noqa: E731
    np.testing.assert_array_equal(grad(f)(np.array([1.0, 1.0])), [2 * 9, 2 * 144])


def test_an_infinite_slope_is_not_masked() -> None:
    with np.errstate(divide="ignore"):
        assert jvp(np.log, (0.0,), (1.0,))[1] == np.inf


def test_it_works_inside_no_grad() -> None:
    with no_grad():
        assert jvp(lambda x: x**2, (3.0,), (1.0,))[1] == 6


@pytest.mark.parametrize(
    ("primals", "tangents", "message"),
    [
        ((1.0,), (1.0, 2.0), "expected a tuple of 1, got a tuple of 2"),
        ((np.ones(2),), (np.ones(3),), r"expected an array of shape \(2,\), got ndarray of shape \(3,\)"),
        (({"a": 1.0},), ({"b": 1.0},), r"expected a dict with the keys \['a'\], got the keys \['b'\]"),
        ((1.0,), (None,), r"expected an array of shape \(\), got None"),
    ],
)
def test_tangents_of_another_form_are_refused(primals: Any, tangents: Any, message: str) -> None:
    with pytest.raises(GradientError, match=f"the tangents: {message}"):
        jvp(lambda *_: 1.0, primals, tangents)


@pytest.mark.parametrize(
    "product",
    [
        lambda c: jvp(np.sin, (1.0,), (c,)),
        lambda c: vjp(np.sin, 1.0)[1](c),
        lambda c: hvp(np.sin, (1.0,), (c,)),
    ],
)
def test_an_imaginary_part_is_refused_not_dropped(product: Any) -> None:
    with pytest.raises(GradientError, match="a cotangent or tangent is complex"):
        product(1j)


def test_an_operation_that_refuses_second_derivatives_refuses_the_transpose_of_its_rule() -> None:
    class Once(Operation):
        name = "once"
        once_differentiable = "its rule is a lookup"

        def forward(self, ctx: Context, x: Array) -> Array:
            return x * 1

        def backward(self, ctx: Context, grad: Array) -> Array:
            return grad * 1

    assert grad(Once())(2.0) == 1
    with pytest.raises(DifferentiabilityError, match="once has no second derivative: its rule is a lookup"):
        jvp(Once(), (2.0,), (1.0,))
