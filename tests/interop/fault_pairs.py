"""Pairs of a faulty function and its correct twin, as subjects of the contract kit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad_core.cases import Case, real

ANY = {"broadcasts": True}
MATRIX = {"cases": [Case(x=real("n k"))]}


class FaultPairs(dict[str, tuple[Any, Any]]):
    """The faulty subject and its twin, by the name of the fault."""

    def __init__(self, make_subject: Callable[..., Any]) -> None:
        super().__init__()
        self.make_subject = make_subject

    def add(self, name: str, wrong: Any, right: Any, **declared: Any) -> None:
        """Add two functions with the same cases or declarations."""
        self[name] = (self.make_subject(wrong, **declared), self.make_subject(right, **declared))
