"""A named leaf."""

from __future__ import annotations

import re

import numpy as np
import pytest

from minigrad_core import Parameter, Tensor
from minigrad_core.errors import ArgumentError, DifferentiabilityError
from tests.core.tiny_ops import gradient, multiply


def test_a_parameter_is_a_named_leaf_that_shares_memory_with_its_data() -> None:
    data = np.array([1.0, 2.0])
    parameter = Parameter(data, "weight")
    assert parameter.data is data
    assert parameter.requires_grad
    assert (parameter.name, Parameter(data).name) == ("weight", "")
    y = multiply(parameter, parameter)
    assert type(y) is Tensor
    y.backward()
    np.testing.assert_array_equal(gradient(parameter), [2, 4])


def test_an_array_of_integers_is_no_parameter() -> None:
    with pytest.raises(DifferentiabilityError, match="int64"):
        Parameter(np.ones(2, int))


@pytest.mark.parametrize("symbol", ["+", "-", "*", "/", "//", "%", "**", "@"])
def test_writing_in_place_is_refused_and_not_dropped(symbol: str) -> None:
    """`for p in model.parameters(): p -= lr * p.grad` would silently train nothing."""
    message = (
        f"{symbol}= would make a new tensor and leave the parameter as it is; write parameter.data {symbol}= "
    )
    with pytest.raises(ArgumentError, match=re.escape(message)):
        exec(f"p {symbol}= 0.5", {"p": Parameter(np.ones(2))})
