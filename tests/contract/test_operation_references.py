"""An operation is compared with its `reference`, and with the NumPy functions that it implements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.testing import check_operation


class Reversed(Operation):
    """The arrays in reverse order; arrays: (n, k), (m, k), ... -> (..., k). d/dx = its part of grad."""

    name = "reversed"
    implements = (np.concatenate,)
    cases = (Case(arrays=(real("n k"), real("m k"))),)

    def forward(self, ctx: Context, *arrays: Array) -> Array:
        ctx.save(*(len(x) for x in arrays))
        return np.concatenate(arrays[::-1])

    def backward(self, ctx: Context, grad: Array) -> tuple[Array, ...]:
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
        ctx.save(x, n)
        return x**n

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, n = ctx.saved
        return grad * (n * x ** (n - 1))

    @staticmethod
    def from_numpy(x: Array, n: int) -> tuple[Iterable[Any], dict[str, Any]]:
        return (x,), {"n": n}


class Fraction(Operation):
    """x - trunc(x), any shape. d/dx = grad."""

    name = "fraction"
    broadcasts = True
    implements = (np.modf,)  # which gives the whole part, too

    def forward(self, ctx: Context, x: Array) -> Array:
        return x - np.trunc(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad.copy()


def test_another_number_of_outputs_differs() -> None:
    (failure,) = check_operation(Fraction()).failures
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


def test_a_setting_that_the_reference_refuses_is_to_be_refused() -> None:
    (failure,) = check_operation(Power(), reference=lambda x, *, n: x ** (2, 3)[(2, 3).index(n)]).failures
    assert failure.code == "accepts-setting"


def tripled(x: Any) -> Any:
    return x + x + x


def doubled(x: Any) -> Any:
    return x + x


class Tripled(Operation):
    """`3 x`. d/dx = 3 grad."""

    name = "tripled"
    cases = (Case(x=real("n")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        return 3 * x

    def backward(self, ctx: Context, grad: Array) -> Array:
        return 3 * grad


@pytest.mark.parametrize("wrapped", [staticmethod, lambda function: function], ids=["static", "plain"])
def test_a_reference_takes_no_self(wrapped: Any) -> None:
    right = type("Right", (Tripled,), {"reference": wrapped(tripled)})
    wrong = type("Wrong", (Tripled,), {"reference": wrapped(doubled)})
    report = check_operation(right())
    assert report.ok, str(report)
    assert "reference" in report.ran
    assert {failure.code for failure in check_operation(wrong()).failures} == {"differs-from-reference"}


@pytest.mark.parametrize(("factor", "is_right"), [(3, True), (2, False)])
def test_a_reference_may_compute_in_a_wider_type(factor: int, is_right: bool) -> None:
    report = check_operation(Tripled(), reference=lambda x: factor * np.asarray(x, np.longdouble))
    assert report.ok is is_right, str(report)


def test_the_argument_wins_over_the_attribute() -> None:
    wrong = type("Wrong", (Tripled,), {"reference": staticmethod(doubled)})
    assert check_operation(wrong(), reference=tripled).ok


def test_without_one_nothing_is_compared() -> None:
    assert "reference" in check_operation(Tripled()).skipped


class TripledAwayFromInfinity(Tripled):
    def forward(self, ctx: Context, x: Array) -> Array:
        return np.where(np.isinf(x), -3 * x, 3 * x)


class TripledOrNan(Tripled):
    def forward(self, ctx: Context, x: Array) -> Array:
        return np.where(np.isinf(x), np.nan, 3 * x)


def test_the_other_infinity_is_another_value_and_nan_in_its_place_may_be_how_it_comes() -> None:
    (failure,) = check_operation(TripledAwayFromInfinity(), reference=tripled).failures
    assert failure.code == "differs-from-reference"
    assert "-inf, expected inf" in failure.message
    assert check_operation(TripledOrNan(), reference=tripled, only=["reference"]).ok


def test_an_infinity_of_a_case_has_the_value_of_the_reference() -> None:
    cases = (Case(x=np.array([np.inf, 1.0])),)
    (failure,) = check_operation(TripledOrNan(), reference=tripled, cases=cases, only=["reference"]).failures
    assert "nan, expected inf" in failure.message


def test_whole_numbers_are_no_reason_for_half_precision() -> None:
    class ByteExp(Tripled):
        cases = (Case(x=np.array([0, 3], np.uint8)),)

        def forward(self, ctx: Context, x: Array) -> Array:
            return np.exp(x)

    (failure,) = check_operation(ByteExp(), reference=lambda x: np.exp(1.0 * x), only=["reference"]).failures
    assert failure.code == "differs-from-reference"


def test_a_reference_has_an_answer_to_every_case() -> None:
    def of_vectors(x: Any) -> Any:
        if x.ndim != 1:
            raise TypeError("expected a vector")
        return tripled(x)

    both = (*Tripled.cases, Case(x=real("n k")))
    assert check_operation(Tripled(), reference=of_vectors).ok
    (failure,) = check_operation(Tripled(), reference=of_vectors, cases=both).failures
    assert failure.code == "reference-raises"
