"""Which plugin answers for a NumPy function, whatever the order in which plugins were loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import NoOperationError
from ..tensor.binding import bound
from ..tensor.protocols import name_of
from .ownership import OFFICIAL
from .policy import DENY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Answer:
    """One plugin's claim to one NumPy function. `owner` reads "mine::gelu (minigrad-mine 1.0)"."""

    namespace: str
    owner: str
    operation: Any


class Answers:
    """Every claim of every loaded plugin."""

    def __init__(self) -> None:
        self._claims: dict[Callable[..., Any], list[Answer]] = {}

    def add(self, function: Callable[..., Any], answer: Answer) -> None:
        """Enter a claim."""
        self._claims.setdefault(function, []).append(answer)

    def official(self, function: Callable[..., Any], namespace: str) -> Callable[..., Any] | None:
        """Return the answer of one of our own namespaces: it stands, whoever else claims the function."""
        for answer in self._claims.get(function, ()):
            if answer.namespace == namespace:
                return bound(function, answer.operation)
        return None

    def settled(self, function: Callable[..., Any]) -> Callable[..., Any] | None:
        """Return the one answer once all plugins are loaded; where several claim it, a call that says so."""
        answers = self._claims.get(function, [])
        if len(answers) > 1:
            return _contested(function, sorted(answers, key=lambda answer: answer.owner))
        return bound(function, answers[0].operation) if answers else None

    def notes(self, namespace: str) -> Iterator[str]:
        """Yield what to tell about claims of `namespace` that others also make."""
        for function, answers in list(self._claims.items()):
            mine = next((answer for answer in answers if answer.namespace == namespace), None)
            if mine is None or len(answers) == 1:
                continue
            winner = min(answers, key=_rank)
            if winner.namespace not in OFFICIAL:
                others = ", ".join(answer.owner for answer in answers if answer is not mine)
                yield f"{name_of(function)} is also claimed by {others}: calling it on a tensor is an error"
            elif winner is not mine:
                yield f"{name_of(function)} stays with {winner.owner}; the claim of {mine.owner} is refused"


def _contested(function: Callable[..., Any], answers: list[Answer]) -> Callable[..., Any]:
    def contested(*_args: Any, **_settings: Any) -> Any:
        raise NoOperationError(
            f"{name_of(function)} is claimed by {' and by '.join(answer.owner for answer in answers)}\n"
            f"  try   call the one you mean by its name, or {DENY}={answers[-1].namespace}"
        )

    return contested


def _rank(answer: Answer) -> int:
    official = list(OFFICIAL)
    return official.index(answer.namespace) if answer.namespace in official else len(official)
