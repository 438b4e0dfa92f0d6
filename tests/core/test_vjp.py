"""vjp: the pullback."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import (
    grad,
    tensor,
    vjp,
)
from minigrad_core.errors import GradientError


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


@pytest.mark.parametrize("wraps", [False, True])
@pytest.mark.parametrize("function", [np.exp, np.tanh, lambda x: x, lambda x: np.reshape(np.exp(x), (1, 3))])
def test_the_value_may_be_written_to(function: Any, wraps: bool) -> None:
    x = np.array([0.5, 1.0, 2.0])
    expected = vjp(function, x.copy())
    value, pullback = vjp(function, tensor(x) if wraps else x)
    array = value.data if wraps else value
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
