"""The case language."""

from __future__ import annotations

from typing import Any

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
    other = Case(m=dominant("... n n"), i=integers(0, 5, "n"), b=boolean("n k"))
    assert repr(other) == "Case(m=dominant('... n n'), i=integers(0, 5, 'n'), b=boolean('n k'))"


def test_cases_with_equal_arguments_are_equal() -> None:
    first = Case(x=real("n k"), labels=index_into("x", axis=1, shape="n"), axis=axis_of("x"))
    second = Case(x=real("n k"), labels=index_into("x", axis=1, shape="n"), axis=axis_of("x"))
    assert first == second
    assert hash(first) == hash(second)
    assert first != Case(x=real("n k"))


def test_a_case_may_have_an_argument_called_self() -> None:
    assert Case(self=real("n")).arguments.keys() == {"self"}


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: Case(x=real("n"), axis=axis_of("y")),
            ArgumentError,
            r"axis_of\('y'\): the case has no array 'y', only x",
        ),
        (
            lambda: Case(x=real("n"), index=index_into("table", axis=0, shape="n")),
            ArgumentError,
            "no array 'table'",
        ),
        (lambda: real("n-1"), InputError, "shape"),
        (lambda: real("... k ..."), InputError, "shape"),
        (lambda: real("2.5"), InputError, "shape"),
        (lambda: between(2, 1, "n"), InputError, "expected low < high"),
        (lambda: integers(3, 3, "n"), InputError, "expected low < high"),
    ],
)
def test_a_wrong_description_is_refused(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()
