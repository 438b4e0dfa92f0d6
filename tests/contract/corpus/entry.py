"""What an entry of the corpus is, and the decorator that enters one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T", bound=type)


@dataclass(frozen=True)
class Fault:
    """One wrong object beside its correct twin.

    `wrong` and `twin` are instances of operations. `cause` is a regular expression (case does not matter)
    that the first line of a diagnosis matches if it names the true cause.
    """

    id: str
    family: str
    wrong: Any
    twin: Any
    cause: str


OPERATIONS: list[Fault] = []


def wrong_operation(family: str, *, twin: type, cause: str) -> Callable[[T], T]:
    """Enter an instance of the class below: its one comment names how it differs from `twin`."""

    def enter(cls: T) -> T:
        # The twin's documentation is taken over, or the missing docstring would be a second fault.
        cls.__doc__ = cls.__doc__ or twin.__doc__
        OPERATIONS.append(Fault(f"{family}::{cls.__name__}", family, cls(), twin(), cause))
        return cls

    return enter
