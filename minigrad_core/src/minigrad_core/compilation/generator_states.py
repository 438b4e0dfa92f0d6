"""The states of the random generators that a function can reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..transforms.preserved_state import Accessor, list_accessors
from .steps import has_same_bits


class GeneratorStates:
    """The generators among some objects, and the state of each after the last draw that was recorded."""

    def __init__(self, objects: Iterable[Any]) -> None:
        self.accessors: list[Accessor] = [accessor for x in objects for accessor in list_accessors(x)]
        self.known = self.read()

    def read(self) -> list[Any]:
        """Return the current states."""
        return [read() for read, _ in self.accessors]

    def restore(self, states: list[Any]) -> None:
        """Set the generators to these states."""
        for (_, write), state in zip(self.accessors, states, strict=True):
            write(state)
        self.advance()

    def advance(self) -> None:
        """Take the current states as those after a recorded draw."""
        self.known = self.read()

    def have_drawn(self) -> bool:
        """Return whether a generator has drawn since the last recorded draw."""
        return not has_same_bits(self.known, self.read())
