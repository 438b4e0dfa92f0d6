"""What functions to be differentiated take and return: what is no number would have zeros for a gradient."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import ArgumentError


@dataclass
class Result:
    loss: Any


class DataArray:
    """An array of another library around the tensor, as xarray and pint make them of `array * tensor`."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.dtype, self.shape = data.dtype, data.shape


@pytest.mark.parametrize(
    "f",
    [
        lambda x: {x[0]},
        lambda x: (v for v in x),
        lambda x: map(np.sin, x),
        lambda x: {"loss": x[0]}.values(),
        lambda x: deque([x[0]]),
        lambda x: Result(x[0]),
        lambda x: [x[0], Result(x[1])],
        lambda x: DataArray(x[0]),
        lambda x: lambda: x[0],
        lambda x: f"{x[0]}",
        lambda x: np.array([f"{v}" for v in x]),
    ],
    ids=[
        "set", "generator", "map", "values", "deque", "dataclass", "nested", "wrapper", "function", "string",
        "strings",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "transform",
    [
        mg.grad,
        mg.value_and_grad,
        mg.jacobian,
        lambda f: lambda x: mg.vjp(f, x),
        lambda f: lambda x: mg.jvp(f, x, x),
    ],
    ids=["grad", "value_and_grad", "jacobian", "vjp", "jvp"],
)
def test_what_holds_no_numbers_is_refused(transform: Any, f: Any) -> None:
    with pytest.raises(ArgumentError, match=r"this function returned an? .*np\.stack.*has_aux"):
        transform(f)(np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    "constant", [True, 3, 2.5, 1j, np.float32(1.0), np.arange(3), np.array([True]), mg.tensor([1, 2])]
)
def test_constants_have_zeros(constant: Any) -> None:
    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(mg.jacobian(lambda x: constant)(x), np.zeros((*np.shape(constant), 2)))


def test_what_is_beside_the_value_may_be_anything() -> None:
    gradient, aux = mg.grad(lambda x: (np.sum(x * x), Result("it")), has_aux=True)(np.array([1.0]))
    assert gradient.tolist() == [2.0]
    assert aux == Result("it")


@pytest.mark.parametrize(
    "argument", [Result(1.0), {1.0}, (v for v in (1.0,))], ids=["dataclass", "set", "generator"]
)
def test_an_argument_that_holds_no_numbers_is_refused_by_its_name(argument: Any) -> None:
    with pytest.raises(ArgumentError, match=f"expected numbers, got {type(argument).__name__}"):
        mg.grad(lambda x: 1.0)(argument)
