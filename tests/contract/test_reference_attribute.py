"""An operation's `reference`: what it is held against, however it is assigned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.testing import check_operation


def tripled(x: Any) -> Any:
    return x + x + x


def doubled(x: Any) -> Any:
    return x + x


class Tripled(Operation):
    """`3 x`. d/dx = 3 grad."""

    name = "tripled"
    cases = (Case(x=real("n")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return three times the values."""
        return 3 * x

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return three times the gradient."""
        return 3 * grad


@pytest.mark.parametrize("wrapped", [staticmethod, lambda function: function], ids=["static", "plain"])
def test_a_reference_takes_no_self(wrapped: Any) -> None:
    right = type("Right", (Tripled,), {"reference": wrapped(tripled)})
    wrong = type("Wrong", (Tripled,), {"reference": wrapped(doubled)})
    report = check_operation(right())
    assert report.ok, str(report)
    assert "reference" in report.ran
    assert {failure.code for failure in check_operation(wrong()).failures} == {"differs-from-reference"}


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


def test_a_reference_has_an_answer_to_every_case() -> None:
    def of_vectors(x: Any) -> Any:
        if x.ndim != 1:
            raise TypeError("expected a vector")
        return tripled(x)

    both = (*Tripled.cases, Case(x=real("n k")))
    assert check_operation(Tripled(), reference=of_vectors).ok
    (failure,) = check_operation(Tripled(), reference=of_vectors, cases=both).failures
    assert failure.code == "reference-raises"
