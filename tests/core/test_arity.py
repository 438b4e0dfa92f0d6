"""How many arguments a method takes, read from its code or its signature."""

from __future__ import annotations

import functools
import math
from typing import Any

import pytest

from minigrad_core.contracts.arity import arity


class Methods:
    def one(self, ctx: Any) -> None: ...
    def two(self, ctx: Any, x: Any, /) -> None: ...
    def optional(self, ctx: Any, x: Any = None) -> None: ...
    def variadic(self, ctx: Any, *x: Any) -> None: ...
    def keyword(self, ctx: Any, x: Any, *, a: int, b: int = 1, c: int) -> None: ...
    @staticmethod
    def static(ctx: Any, x: Any, *, a: int) -> None: ...
    @functools.wraps(two)
    def wrapped(self, *args: Any, **kwargs: Any) -> None: ...

    partial = staticmethod(functools.partial(static, None))  # bare, it would bind to the object in 3.14


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("one", (("ctx",), False, ())),
        ("two", (("ctx", "x"), False, ())),
        ("optional", (("ctx", "x"), False, ())),
        ("variadic", (("ctx",), True, ())),
        ("keyword", (("ctx", "x"), False, ("a", "c"))),
        ("static", (("ctx", "x"), False, ("a",))),
        ("wrapped", (("ctx", "x"), False, ())),
        ("partial", (("x",), False, ("a",))),
    ],
)
def test_the_arity_is_that_of_a_call(name: str, expected: tuple[object, ...]) -> None:
    assert arity(getattr(Methods(), name)) == expected


def test_what_does_not_tell_takes_anything() -> None:
    assert arity(dict.update).positional == math.inf
