"""A pair of the corpus of optimizers and initializers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T", bound=type)


@dataclass(frozen=True)
class Pair:
    """What is wrong in one way, beside what is right.

    `wrong` and `right` are classes: of optimizers, or of initializers that need no arguments. The law that
    the wrong one breaks is held against `reference`, if one is given.
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


OPTIMIZERS: list[Pair] = []
INITIALIZERS: list[Pair] = []


def breaks(law: str, code: str, *, reference: Callable[..., Any] | None = None) -> Callable[[T], T]:
    """Enter the class below, which differs from its base by one fault."""

    def enter(cls: T) -> T:
        entries = OPTIMIZERS if hasattr(cls, "step") else INITIALIZERS
        entries.append(Pair(cls, cls.__mro__[1], law, code, reference))
        return cls

    return enter
