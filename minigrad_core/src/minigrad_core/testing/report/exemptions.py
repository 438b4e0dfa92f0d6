"""Known failures, written down by whoever runs the kit: strict, each with its reason."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ...errors import ArgumentError, UnknownNameError
from ..registered import Registered, law_named
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
        law_named(self.check)
        if not self.reason.strip():
            raise ArgumentError(f"the exemption of {self.subject} from {self.check} needs a reason")

    @classmethod
    def parsed(cls, text: str) -> "Exemption":
        """Return the exemption that `SUBJECT::CHECK[/CODE]: REASON` describes; `=` does for the last colon.

        Examples
        --------
        >>> Exemption.parsed("mine::gelu::type/imprecise: float32 tables")
        Exemption(subject='mine::gelu', check='type', reason='float32 tables', code='imprecise')
        """
        match = _LINE.fullmatch(text.strip())
        if match is None:
            raise ArgumentError(
                f"exemption {text!r}: expected SUBJECT::CHECK: REASON, as in nn::gelu::type: why; the "
                "last colon may be an ="
            )
        return cls(**match.groupdict())


def none_stale(exemptions: Iterable[Exemption], subjects: Iterable[Registered]) -> None:
    """Raise UnknownNameError for an exemption of what is not among the subjects: it would rot unseen."""
    names = {subject.name for subject in subjects}
    for exemption in exemptions:
        if exemption.subject not in names:
            raise UnknownNameError(
                f"the exemption of {exemption.subject} from {exemption.check} ({exemption.reason}) "
                "is for nothing that is checked: remove it"
            )


def exempted(report: Report, exemptions: Iterable[Exemption]) -> Report:
    """Return the report without its known failures; one that does not occur is a failure itself."""
    for exemption in exemptions:
        # Blocked by another failure, nothing is known of it.
        if exemption.subject == report.subject and exemption.check not in report.skipped:
            report = _applied(report, exemption)
    return report


def _applied(report: Report, exemption: Exemption) -> Report:
    hit = [f for f in report.failures if f.check == exemption.check and exemption.code in (None, f.code)]
    if not hit:
        told = f"it was exempted ({exemption.reason}) and expected to fail"
        told += f" with {exemption.code}" if exemption.code else ""
        told += ", but did not: remove the exemption"
        failure = Failure(report.subject, exemption.check, "unexpected-pass", told)
        return replace(report, failures=(*report.failures, failure))
    return replace(
        report,
        failures=tuple(f for f in report.failures if f not in hit),
        ran=tuple(name for name in report.ran if name != exemption.check),
        skipped={**report.skipped, exemption.check: f"exempt: {exemption.reason}"},
    )
