"""Which operation answers for a NumPy function, whatever the order in which plugins were loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..dispatch.suggestions import SHOWN
from ..errors import NoOperationError
from ..tensor.binding import bound
from ..tensor.protocols import name_of
from .names import leads_to
from .policy import DENY, PREFER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from .plugin import Plugin


@dataclass(frozen=True)
class Answer:
    """One operation's claim to a function. `owner` reads "mine::gelu (minigrad-mine 1.0)"."""

    namespace: str
    owner: str
    operation: Any


class FunctionClaims:
    """Every claim that an operation of a loaded plugin makes."""

    def __init__(self) -> None:
        self._answers: dict[Callable[..., Any], list[Answer]] = {}

    def add(self, plugin: Plugin, operations: Mapping[str, Any]) -> None:
        """Enter the claims of a plugin's operations by name."""
        for name, operation in operations.items():
            for function in dict.fromkeys(operation.implements):  # NumPy has one under several names
                answer = Answer(plugin.namespace, plugin.owns(name), operation)
                self._answers.setdefault(function, []).append(answer)

    def withdraw(self, gone: Callable[[Answer], bool]) -> None:
        """Drop the claims of which `gone` is true."""
        for function, answers in list(self._answers.items()):
            self._answers[function] = [answer for answer in answers if not gone(answer)]

    def of(self, namespace: str) -> Iterator[tuple[Callable[..., Any], Answer]]:
        """Yield each function that a namespace claims, with its claim."""
        for function, answers in list(self._answers.items()):
            yield from ((function, answer) for answer in answers if answer.namespace == namespace)

    def differences(self, plugin: Plugin) -> list[str]:
        """Return a line for each function that a plugin declares and does not answer for, or vice versa.

        One that declares nothing is free to answer for what it likes.
        """
        declared = [path for claim in plugin.claims for path in claim.functions]
        made = [function for function, _ in self.of(plugin.namespace)]
        idle = [path for path in declared if not any(leads_to(path, f) for f in made)]
        silent = [name_of(f) for f in made if declared and not any(leads_to(path, f) for path in declared)]
        return [
            *(f"{path} is declared in the entry points, and no operation answers for it" for path in idle),
            *(f"{name} is answered for, and not declared" for name in silent),
        ]

    def among(self, function: Callable[..., Any], namespaces: Collection[str]) -> list[Answer]:
        """Return the claims of those namespaces to a function, sorted by owner."""
        answers = self._answers.get(function, ())
        return sorted((a for a in answers if a.namespace in namespaces), key=lambda answer: answer.owner)

    def settled(self, function: Callable[..., Any], namespaces: Collection[str]) -> Callable[..., Any] | None:
        """Return the one answer of those namespaces; where several claim it, a call that says so."""
        answers = self.among(function, namespaces)
        if len(answers) > 1:
            return _contested(function, answers)
        return bound(function, answers[0].operation) if answers else None


def _contested(function: Callable[..., Any], answers: list[Answer]) -> Callable[..., Any]:
    name, first = name_of(function), answers[0].namespace
    setting = f"{PREFER}={name}={first}" if "." in name else f"{DENY}=..., all but {first}"
    owners = [*(answer.owner for answer in answers[:SHOWN]), f"{len(answers) - SHOWN} more"]

    def contested(*_args: Any, **_settings: Any) -> Any:
        raise NoOperationError(
            f"{name} is claimed by {' and by '.join(owners[: len(answers)])}\n"
            f"  try   call the one you mean by its name, or choose one: {setting}"
        )

    return contested
