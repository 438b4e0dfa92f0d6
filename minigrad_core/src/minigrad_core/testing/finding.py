"""Laws, and the outcomes of a law: a finding, a failure of the subject, or that the law does not apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from .oracle.compare import Evidence
    from .samples.sample import Sample


@dataclass(frozen=True)
class Finding:
    """A fault that a law found."""

    code: str  # the kind of fault, stable across releases
    fact: str  # the fault in one line
    sample: Sample | None = None  # the arguments that show the fault
    # For a wrong gradient: the direction, the numeric slope along it, and the error.
    evidence: Evidence | None = None


Findings: TypeAlias = Iterator[Finding]


class SubjectFailed(Exception):  # noqa: N818 - control flow of the kit, and no error of the user
    """The subject raised, or returned something with which no law can go on.

    Attributes
    ----------
    code : str
        The kind of fault, as of a finding.
    fact : str
        The fault in one line.
    cause : BaseException, optional
        The exception of the subject.
    """

    def __init__(self, code: str, fact: str, cause: BaseException | None = None) -> None:
        super().__init__(fact)
        self.code, self.fact, self.cause = code, fact, cause


class DoesNotApply(Exception):  # noqa: N818 - control flow of the kit, and no error of the user
    """The law does not apply to this subject; the message is the reason."""


@dataclass(frozen=True, eq=False)
class Law:
    """One promise of the contract."""

    name: str  # the name in reports, test ids and `--explain`
    run: Callable[..., Iterator[Finding]]  # yields findings; its docstring is the text of `--explain`
    # The laws on which this law builds: if one of them is broken, this law is blocked.
    after: tuple[str, ...] = ()
