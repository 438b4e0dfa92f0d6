"""The definition of fans, and the checks of the values that an initializer returns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.contracts import fans
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
    """Returns given values."""

    name = "given"

    def __init__(self, values: Any) -> None:
        self.values = values

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return self.values

    def std(self, fan_in: int, fan_out: int) -> None:
        return None


def initialize(values: Any) -> Any:
    return Given(values)((2, 1), rng=np.random.default_rng(0))


def test_values_with_another_reference_are_copied() -> None:
    kept = np.ones((2, 1), np.float32)
    for values in (kept, np.broadcast_to(np.float32(1), (2, 1))):
        first, second = initialize(values), initialize(values)
        first += 1
        np.testing.assert_array_equal(second, [[1], [1]])
        np.testing.assert_array_equal(kept, [[1], [1]])


class Fresh(Given):
    """Returns a new array."""

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        values = np.ones(shape, dtype)
        self.place = values.ctypes.data
        return values


def test_a_new_array_is_not_copied() -> None:
    fresh = Fresh(None)
    for shape in ((4, 5), [4, 5], 4):
        values = fresh(shape, rng=None, dtype=np.float64)
        assert values.ctypes.data == fresh.place


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((1, 2), np.float32), r"returned one of shape \(1, 2\) and type float32, expected an array"),
        (np.float32(1), r"returned one of shape \(\) and type float32, expected an array of shape \(2, 1\)"),
        (np.ones((2, 1)), "and type float64, expected an array of shape .* and type float32"),
        ([[1.0], [1.0]], "given returned list, expected"),
        (None, "given returned NoneType, expected"),
        (mg.tensor(np.ones((2, 1), np.float32)), "given returned Tensor, expected"),
        (np.array([["a"], ["b"]]), "and type <U1, expected"),
        (np.array([[1.0], [np.nan]], np.float32), r"given returned NaN or infinities for shape \(2, 1\)"),
        (np.array([[1.0], [-np.inf]], np.float32), "returned NaN or infinities"),
    ],
)
def test_values_of_a_wrong_shape_or_type_are_refused(values: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        initialize(values)


def test_a_number_is_an_array_without_dimensions() -> None:
    values = Given(np.float32(3))((), rng=None)
    assert (type(values), values.shape, values.item()) == (np.ndarray, (), 3.0)
