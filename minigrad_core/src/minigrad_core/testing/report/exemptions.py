"""Exemptions: known failures that whoever runs the kit declares. Each has a reason, and none may go stale."""

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
        Why the check fails, and why that is accepted for now.
    code : str, optional
        The failure that is expected: with any other failure the check fails.
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
        """Return the exemption of `SUBJECT::CHECK[/CODE]: REASON`; `=` may replace the last colon."""
        match = _LINE.fullmatch(text.strip())
        if match is None:
            form = "SUBJECT::CHECK: REASON, as in nn::gelu::type: why; the last colon may be an ="
            raise ArgumentError(f"exemption {text!r}: expected {form}")
        return cls(**match.groupdict())


def refuse_stale(exemptions: Iterable[Exemption], subjects: Iterable[RegisteredSubject]) -> None:
    """Raise UnknownNameError for an exemption of a subject that is not checked."""
    names = {subject.name for subject in subjects}
    for exemption in exemptions:
        if exemption.subject not in names:
            description = f"the exemption of {exemption.subject} from {exemption.check} ({exemption.reason})"
            raise UnknownNameError(f"{description} is for nothing that is checked: remove it")


def apply_exemptions(report: Report, exemptions: Iterable[Exemption]) -> Report:
    """Return the report without its known failures; a known failure that does not occur is a new failure.

    A check that did not run, because another failure blocked it, keeps its exemption.
    """
    for exemption in exemptions:
        check, code = exemption.check, exemption.code
        if exemption.subject != report.subject or check in report.skipped:
            continue
        failures = tuple(f for f in report.failures if f.check != check or code not in (None, f.code))
        if failures == report.failures:
            expected = f" with {code}" if code else ""
            fact = f"it was exempted ({exemption.reason}), expected to fail{expected}, but did not"
            failure = Failure(report.subject, check, "unexpected-pass", f"{fact}: remove the exemption")
            report = replace(report, failures=(*failures, failure))
        else:
            ran = tuple(name for name in report.ran if name != check)
            skipped = {**report.skipped, check: f"exempt: {exemption.reason}"}
            report = replace(report, failures=failures, ran=ran, skipped=skipped)
    return report
