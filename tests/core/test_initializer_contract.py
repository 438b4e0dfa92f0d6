"""The one definition of fans, and what an initializer's values must be to be taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.contracts import fans, initial_values
from minigrad_core.errors import InputError


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((784, 100), (784, 100)),
        ((32, 16, 3, 3), (144, 288)),
        ((8, 4, 5), (20, 40)),
        ((10,), (10, 10)),
        ((), (1, 1)),
        ((0, 5), (0, 5)),
    ],
)
def test_fans(shape: tuple[int, ...], expected: tuple[int, int]) -> None:
    assert fans(shape) == expected


class Given(mg.Initializer):
    """Returns what it was made with."""

    name = "given"

    def __init__(self, values: Any) -> None:
        self.values = values

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return self.values

    def std(self, fan_in: int, fan_out: int) -> None:
        return None


def taken(values: Any) -> Any:
    return initial_values(Given(values), (2, 1), rng=np.random.default_rng(0), dtype=np.float32)


def test_values_of_the_right_shape_and_type_are_taken() -> None:
    values = np.ones((2, 1), np.float32)
    assert taken(values) is values


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((1, 2), np.float32), r"returned one of shape \(1, 2\) and type float32, expected an array"),
        (np.float32(1), "returned float32, expected an array of shape"),
        (np.ones((2, 1)), "and type float64, expected an array of shape .* and type float32"),
        ([[1.0], [1.0]], "given returned list, expected"),
        (None, "given returned NoneType, expected"),
        (mg.tensor(np.ones((2, 1), np.float32)), "given returned Tensor, expected"),
        (np.array([["a"], ["b"]]), "and type <U1, expected"),
        (np.array([[1.0], [np.nan]], np.float32), r"given returned NaN or infinities for shape \(2, 1\)"),
        (np.array([[1.0], [-np.inf]], np.float32), "returned NaN or infinities"),
    ],
)
def test_values_that_no_parameter_can_have_are_refused(values: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        taken(values)
