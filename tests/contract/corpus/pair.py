"""A pair of the corpus, and the decorator that enters one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T", bound=type)


@dataclass(frozen=True)
class Pair:
    """What is wrong in one way, beside what is right.

    `wrong` and `right` are classes: of optimizers, or of operations and initializers that need no arguments.
    The law that the wrong one breaks is held against `reference`, if one is given.
    """

    wrong: Any
    right: Any
    law: str
    code: str
    reference: Callable[..., Any] | None = None

    @property
    def id(self) -> str:
        """The name of the wrong one, after that of the law."""
        return f"{self.law}-{self.wrong.__name__}"


OPERATIONS: list[Pair] = []
OPTIMIZERS: list[Pair] = []
INITIALIZERS: list[Pair] = []


def breaks(
    law: str, code: str, *, right: Any = None, reference: Callable[..., Any] | None = None
) -> Callable[[T], T]:
    """Enter the class below, which differs by one fault from its base, or from `right`."""

    def enter(cls: T) -> T:
        entries = (
            OPTIMIZERS if hasattr(cls, "step") else OPERATIONS if hasattr(cls, "forward") else INITIALIZERS
        )
        twin = right or cls.__mro__[1]
        cls.__doc__ = cls.__doc__ or twin.__doc__  # shapes in it may be all that it says of its cases
        entries.append(Pair(cls, twin, law, code, reference))
        return cls

    return enter
