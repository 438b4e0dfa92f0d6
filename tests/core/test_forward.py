"""`jvp` and `hvp`; see `test_every_transform.py` for the properties of all transforms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import grad, hvp, jvp
from minigrad_core.errors import DifferentiabilityError, GradientError
from tests.core.tiny_ops import make_operation


def test_the_tangent_is_the_jacobian_times_the_tangents() -> None:
    x, t = np.array([1.0, 2.0]), np.array([1.0, 10.0])
    for primals, tangents in (((x,), (t,)), (x, t), ([x], [t])):  # one argument may stand by itself
        value, tangent = jvp(lambda x: x**3, primals, tangents)
        assert type(value) is type(tangent) is np.ndarray
        np.testing.assert_array_equal(value, [1, 8])
        np.testing.assert_array_equal(tangent, [3, 120])


def test_several_arguments_and_outputs_keep_their_structures() -> None:
    def f(x: Any, d: Any) -> Any:
        return {"sum": x + d["y"], "rest": [x * d["y"], 7.0, np.ones(3), d["y"] > 0]}

    value, tangent = jvp(f, (2.0, {"y": np.array([3.0])}), (1.0, {"y": np.array([10.0])}))
    assert (value["sum"], value["rest"][:2]) == (np.array([5.0]), [np.array([6.0]), 7.0])
    assert (tangent["sum"], tangent["rest"][:2]) == (np.array([11.0]), [np.array([23.0]), 0.0])
    np.testing.assert_array_equal(tangent["rest"][2], np.zeros(3))
    np.testing.assert_array_equal(tangent["rest"][3], np.zeros(1))


def test_tangents_of_dicts_match_by_key() -> None:
    f = lambda d: d["a"] * 3 + d["b"]  # noqa: E731
    assert jvp(f, {"a": 1.0, "b": 2.0}, {"b": 10.0, "a": 1.0})[1] == 13


def test_an_infinite_slope_is_not_masked() -> None:
    with np.errstate(divide="ignore"):
        assert jvp(np.log, (0.0,), (1.0,))[1] == np.inf


def test_an_operation_that_refuses_second_derivatives_refuses_the_transpose_of_its_rule() -> None:
    once = make_operation(lambda self, ctx, x: x * 1, name="once", once_differentiable="its rule is a lookup")
    assert grad(once)(2.0) == 1
    with pytest.raises(DifferentiabilityError, match="once has no second derivative: its rule is a lookup"):
        jvp(once, (2.0,), (1.0,))


def test_hvp_keeps_the_structure_of_the_primals() -> None:
    f = lambda a, t: np.sum(a**2 * t["b"][0])  # noqa: E731
    a, b = np.array([1.0, 2.0]), 3.0
    first, rest = hvp(f, (a, {"b": [b]}), (np.ones(2), {"b": [1.0]}))
    np.testing.assert_allclose(first, 2 * b + 2 * a)
    np.testing.assert_allclose(rest["b"][0], np.sum(2 * a))
    assert isinstance(hvp(f, [a, {"b": [b]}], [np.ones(2), {"b": [1.0]}]), list)
    assert type(hvp(np.sum, a, a)) is np.ndarray  # one argument by itself
    np.testing.assert_array_equal(hvp(np.sum, (a,), (a,))[0], np.zeros(2))  # a linear function


# The other structures that do not match are in test_trees.py.
@pytest.mark.parametrize(("product", "name"), [(jvp, "the tangents"), (hvp, "the vectors")])
def test_tangents_of_another_structure_are_refused(product: Any, name: str) -> None:
    with pytest.raises(GradientError, match=f"{name}: expected a tuple of 1, got a tuple of 2"):
        product(np.sum, (np.ones(3),), (np.ones(3), 1.0))
    with pytest.raises(GradientError, match=rf"{name}: expected an array of shape \(3,\), got ndarray of"):
        product(np.sum, (np.ones(3),), (np.ones(2),))


def test_hvp_needs_a_scalar() -> None:
    with pytest.raises(
        GradientError, match=r"a function that returns a scalar, this one returned shape \(3,\)"
    ):
        hvp(lambda x: x, np.ones(3), np.ones(3))
