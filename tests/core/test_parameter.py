"""A named leaf."""

from __future__ import annotations

import copy
import operator
import pickle

import numpy as np
import pytest

from minigrad_core import Parameter, Tensor
from minigrad_core.errors import ArgumentError, DifferentiabilityError
from tests.core.tiny_ops import multiply


def test_a_parameter_requires_a_gradient_and_has_a_name() -> None:
    parameter = Parameter(np.ones(2), "weight")
    assert parameter.requires_grad
    assert parameter.name == "weight"
    assert Parameter(np.ones(2)).name == ""


def test_a_parameter_shares_memory_with_its_data() -> None:
    data = np.ones(2)
    assert Parameter(data).data is data


def test_a_parameter_is_a_leaf_like_any_other() -> None:
    parameter = Parameter(np.array([1.0, 2.0]))
    multiply(parameter, parameter).backward()
    assert parameter.grad is not None
    np.testing.assert_array_equal(parameter.grad, [2, 4])


def test_integers_are_no_parameters() -> None:
    with pytest.raises(DifferentiabilityError, match="int64"):
        Parameter(np.ones(2, int))


def test_copies_keep_name_and_type() -> None:
    parameter = Parameter(np.ones(2), "weight")
    for twin in (copy.copy(parameter), copy.deepcopy(parameter), pickle.loads(pickle.dumps(parameter))):
        assert type(twin) is Parameter
        assert twin.name == "weight"
        np.testing.assert_array_equal(twin.data, [1, 1])


@pytest.mark.parametrize("symbol", ["+", "-", "*", "/"])
def test_writing_in_place_is_refused_and_not_dropped(symbol: str) -> None:
    """`for p in model.parameters(): p -= lr * p.grad` would train nothing, in silence."""
    update = getattr(operator, {"+": "iadd", "-": "isub", "*": "imul", "/": "itruediv"}[symbol])
    message = rf"\{symbol}= would make a new tensor .* write parameter.data \{symbol}= \.\.\. to update it"
    with pytest.raises(ArgumentError, match=message):
        update(Parameter(np.ones(2)), 0.5)


def test_what_is_computed_from_a_parameter_is_none() -> None:
    assert type(multiply(Parameter(np.ones(2)), 2.0)) is Tensor
