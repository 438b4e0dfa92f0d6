"""Known failures, written down by whoever runs the kit: strict, each with its reason."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ...errors import ArgumentError, UnknownNameError
from ..registered_subjects import RegisteredSubject, find_laws
from .report import Failure, Report

_LINE = re.compile(r"(?P<subject>[^=/\s]+)::(?P<check>\w+)(/(?P<code>[\w-]+))?\s*(=|:\s)\s*(?P<reason>.*)")


@dataclass(frozen=True)
class Exemption:
    """One check that one subject is known to fail.

    Attributes
    ----------
    subject : str
        `mine::gelu`.
    check : str
        The law; an unknown name is an error.
    reason : str
        Why it fails, and why that is accepted for now.
    code : str, optional
        The failure that is expected: with any other one the check fails.
    """

    subject: str
    check: str
    reason: str
    code: str | None = None

    def __post_init__(self) -> None:
        find_laws(self.check)
        if not self.reason.strip():
            raise ArgumentError(f"the exemption of {self.subject} from {self.check} needs a reason")

    @classmethod
    def parse(cls, text: str) -> "Exemption":
        """Return what `SUBJECT::CHECK[/CODE]: REASON` describes; an `=` does for the last colon."""
        match = _LINE.fullmatch(text.strip())
        if match is None:
            form = "SUBJECT::CHECK: REASON, as in nn::gelu::type: why; the last colon may be an ="
            raise ArgumentError(f"exemption {text!r}: expected {form}")
        return cls(**match.groupdict())


def refuse_stale(exemptions: Iterable[Exemption], subjects: Iterable[RegisteredSubject]) -> None:
    """Raise UnknownNameError for an exemption of what is not among the subjects: it would rot unseen."""
    names = {subject.name for subject in subjects}
    for known in exemptions:
        if known.subject not in names:
            description = f"the exemption of {known.subject} from {known.check} ({known.reason})"
            raise UnknownNameError(f"{description} is for nothing that is checked: remove it")


def apply_exemptions(report: Report, exemptions: Iterable[Exemption]) -> Report:
    """Return the report without its known failures; one that does not occur is a failure itself."""
    for known in exemptions:
        # Blocked by another failure, nothing is known of it.
        if known.subject == report.subject and known.check not in report.skipped:
            report = _apply_exemption(report, known)
    return report


def _apply_exemption(report: Report, known: Exemption) -> Report:
    others = tuple(f for f in report.failures if f.check != known.check or known.code not in (None, f.code))
    if others == report.failures:
        code = f" with {known.code}" if known.code else ""
        description = (
            f"it was exempted ({known.reason}), expected to fail{code}, but did not: remove the exemption"
        )
        failure = Failure(report.subject, known.check, "unexpected-pass", description)
        return replace(report, failures=(*others, failure))
    ran = tuple(name for name in report.ran if name != known.check)
    skipped = {**report.skipped, known.check: f"exempt: {known.reason}"}
    return replace(report, failures=others, ran=ran, skipped=skipped)
