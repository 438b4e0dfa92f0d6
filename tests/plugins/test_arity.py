"""How many arguments a method takes, read from its code or its signature."""

from __future__ import annotations

import functools
import math
from typing import Any

import pytest

from minigrad_core.plugins.arity import arity


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
        ("one", (1, ())),
        ("two", (2, ())),
        ("optional", (2, ())),
        ("variadic", (math.inf, ())),
        ("keyword", (2, ("a", "c"))),
        ("static", (2, ("a",))),
        ("wrapped", (2, ())),
        ("partial", (1, ("a",))),
    ],
)
def test_the_arity_is_that_of_a_call(name: str, expected: tuple[float, tuple[str, ...]]) -> None:
    assert arity(getattr(Methods(), name)) == expected


def test_what_does_not_tell_takes_anything() -> None:
    assert arity(dict.update) == (math.inf, ())
