"""What a law says of a subject: a finding with its evidence, or that it does not apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from .oracle.compare import Evidence
    from .samples.sample import Sample


@dataclass(frozen=True)
class Finding:
    """A fault that a law met."""

    code: str  # the kind of fault
    fact: str  # the fault in a line
    sample: Sample | None = None  # the arguments that show it
    evidence: Evidence | None = None  # how a wrong gradient was seen: a direction, its slope, the error


Findings: TypeAlias = Iterator[Finding]


class Broken(Exception):  # noqa: N818 - it carries a finding or a reason, nothing of ours went wrong
    """The subject did something that no law can build on."""

    def __init__(self, code: str, fact: str, cause: BaseException | None = None) -> None:
        super().__init__(fact)
        self.code, self.fact, self.cause = code, fact, cause


class DoesNotApply(Exception):  # noqa: N818 - it carries a finding or a reason, nothing of ours went wrong
    """The law has nothing to say about this subject; the text is the reason."""


@dataclass(frozen=True, eq=False)
class Law:
    """One promise of the contract, and how it is verified."""

    name: str  # as in reports, ids and `--explain`
    run: Callable[..., Iterator[Finding]]  # its docstring is what `--explain` prints
    after: tuple[str, ...] = ()  # laws that it builds on: once one of them is broken, it is blocked
