"""What an operation implements is what it is held against, however that takes its arguments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.testing import check_operation


class Reversed(Operation):
    """The arrays in reverse order; arrays: (n, k), (m, k), ... -> (..., k). d/dx = its part of grad."""

    name = "reversed"
    implements = (np.concatenate,)
    cases = (Case(arrays=(real("n k"), real("m k"))),)

    def forward(self, ctx: Context, *arrays: Array) -> Array:
        """Return one array."""
        ctx.save(*(len(x) for x in arrays))
        return np.concatenate(arrays[::-1])

    def backward(self, ctx: Context, grad: Array) -> tuple[Array, ...]:
        """Return a part for each."""
        ends = np.cumsum(ctx.saved[::-1])
        return tuple(grad[end - n : end].copy() for n, end in zip(ctx.saved, ends[::-1], strict=True))


def powers(x: Array, *, n: int) -> Array:
    """Return x^n."""
    return x**n


class Power(Operation):
    """x^n, any shape, for n >= 1. d/dx = grad n x^(n - 1)."""

    name = "power_of_order"
    broadcasts = True
    implements = (np.power,)  # which takes n second, and not by name
    cases = (Case(x=real("..."), n=2), Case(x=real("..."), n=3))

    def forward(self, ctx: Context, x: Array, *, n: int) -> Array:
        """Return the values."""
        ctx.save(x, n)
        return x**n

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        x, n = ctx.saved
        return grad * (n * x ** (n - 1))

    @staticmethod
    def from_numpy(x: Array, n: int) -> tuple[Iterable[Any], dict[str, Any]]:
        """Turn NumPy's arguments into inputs and settings."""
        return (x,), {"n": n}


class Fraction(Operation):
    """x - trunc(x), any shape. d/dx = grad."""

    name = "fraction"
    broadcasts = True
    implements = (np.modf,)  # which gives the whole part, too

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the values."""
        return x - np.trunc(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient."""
        return grad.copy()


def test_another_number_of_outputs_differs() -> None:
    (failure,) = check_operation(Fraction()).failures
    assert failure.code == "differs-from-reference"
    assert "gives 1 outputs, modf gives 2" in failure.message


def test_numpy_functions_of_a_sequence_of_arrays_are_compared() -> None:
    (failure,) = check_operation(Reversed()).failures
    assert failure.code == "differs-from-reference"


def test_a_function_that_cannot_be_called_alike_is_not_said_to_have_been_compared() -> None:
    report = check_operation(Power())
    assert report.ok, str(report)
    assert report.skipped["reference"] == "power takes other arguments: give a reference that takes these"


def test_a_reference_takes_the_place_of_such_a_function() -> None:
    report = check_operation(Power(), reference=powers)
    assert report.ok, str(report)
    assert "reference" in report.ran
    assert "reference" not in report.skipped
