"""The case language."""

from __future__ import annotations

import pytest

from minigrad_core.cases import (
    Case,
    axis_of,
    between,
    boolean,
    dominant,
    index_into,
    integers,
    nonzero,
    positive,
    real,
    unit,
)
from minigrad_core.errors import ArgumentError, InputError


def test_a_case_shows_itself_as_it_was_written() -> None:
    case = Case(x=real("n k"), p=positive("k"), q=nonzero(""), u=unit("..."), b=between(0, 2, "n"), axis=1)
    assert repr(case) == (
        "Case(x=real('n k'), p=positive('k'), q=nonzero(''), u=unit('...'), b=between(0, 2, 'n'), axis=1)"
    )


def test_cases_that_say_the_same_are_equal() -> None:
    first = Case(x=real("n k"), labels=index_into("x", axis=1, shape="n"), axis=axis_of("x"))
    second = Case(x=real("n k"), labels=index_into("x", axis=1, shape="n"), axis=axis_of("x"))
    assert first == second
    assert hash(first) == hash(second)
    assert first != Case(x=real("n k"))


def test_matrices_show_themselves() -> None:
    assert repr(dominant("... n n")) == "dominant('... n n')"


def test_discrete_descriptions_show_themselves() -> None:
    assert repr(integers(0, 5, "n")) == "integers(0, 5, 'n')"
    assert repr(boolean("n k")) == "boolean('n k')"


def test_a_case_may_have_an_argument_called_self() -> None:
    assert Case(self=real("n")).arguments.keys() == {"self"}


def test_an_axis_of_an_unknown_argument_is_refused_by_name() -> None:
    with pytest.raises(ArgumentError, match=r"axis_of\('y'\): the case has no array 'y', only x"):
        Case(x=real("n"), axis=axis_of("y"))


def test_an_index_into_an_unknown_argument_is_refused_by_name() -> None:
    with pytest.raises(ArgumentError, match="no array 'table'"):
        Case(x=real("n"), index=index_into("table", axis=0, shape="n"))


@pytest.mark.parametrize("shape", ["n-1", "... k ...", "2.5"])
def test_a_shape_that_cannot_be_read_is_refused(shape: str) -> None:
    with pytest.raises(InputError, match="shape"):
        real(shape)


def test_an_empty_interval_is_refused() -> None:
    with pytest.raises(InputError, match="expected low < high"):
        between(2, 1, "n")
    with pytest.raises(InputError, match="expected low < high"):
        integers(3, 3, "n")
