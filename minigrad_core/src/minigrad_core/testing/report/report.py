"""What a run of the kit returns: the checks that ran, those that did not apply, and the failures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .explanation import Explanation


@dataclass(frozen=True)
class Failure:
    """One fault.

    Attributes
    ----------
    subject : str
        What was checked: `nn::relu`, or a bare name if it is not registered.
    check : str
        The check that found it; `minigrad check --explain CHECK` says what it means.
    code : str
        The kind of fault, stable across releases: `wrong-gradient`, `returns-input`.
    message : str
        The diagnosis in the first line, then the evidence and how to reproduce it.
    explanation : Explanation, optional
        The message in its parts, where a law found the fault.
    """

    subject: str
    check: str
    code: str
    message: str
    explanation: Explanation | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.subject} fails {self.check} ({self.code}): {self.message}"


@dataclass(frozen=True)
class Report:
    """The outcome of all checks on one subject.

    Attributes
    ----------
    subject : str
        What was checked.
    ran : tuple of str
        The checks that ran.
    failures : tuple of Failure
        What they found.
    skipped : mapping of str to str
        The checks that did not run, with the reason: they do not apply, or one that they build on failed.
    seconds : float
        How long a worker process took; 0 outside of one.
    """

    subject: str
    ran: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    seconds: float = field(default=0.0, compare=False)

    @property
    def ok(self) -> bool:
        """No check failed, and at least one ran: silence is no success."""
        return not self.failures and bool(self.ran)

    def __str__(self) -> str:
        verdict = "passed" if self.ok else f"{len(self.failures)} failures"
        head = f"{self.subject}: {len(self.ran)} checks, {verdict}, {len(self.skipped)} not applicable"
        return "\n\n".join([head, *map(str, self.failures)])


class Totals(NamedTuple):
    """What a run of several subjects is counted by. A check that fails twice is one."""

    subjects: int
    failed_subjects: int
    checks: int
    failed_checks: int
    not_applicable: int


def totals(reports: Sequence[Report]) -> Totals:
    """Return the counts of a run, for whoever prints or draws it."""
    return Totals(
        subjects=len(reports),
        failed_subjects=sum(not report.ok for report in reports),
        checks=sum(len(report.ran) for report in reports),
        failed_checks=sum(len({failure.check for failure in report.failures}) for report in reports),
        not_applicable=sum(len(report.skipped) for report in reports),
    )
