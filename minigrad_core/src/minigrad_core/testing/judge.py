"""Holds a subject to its laws: every law sees every sample."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypedDict, Unpack

import numpy as np

from ..errors import UnknownNameError
from .finding import Broken, DoesNotApply, Finding, Law
from .guarded import guarded
from .report.message import explanation
from .report.report import Explanation, Failure, Report
from .study import Study
from .surroundings import preserved


class Hearing:
    """What has come out so far: of each law the first fault."""

    def __init__(self, laws: Sequence[Law]) -> None:
        self.open = list(laws)  # neither broken, nor built on one that is
        self.ran: set[Law] = set()
        self.findings: dict[str, Finding] = {}
        self.skipped: dict[str, str] = {}

    def ask(self, law: Law, study: Any, *trial: Any) -> None:
        """Let a law judge, which is neither broken already nor builds on one that is."""
        try:
            finding = _first_finding(law, study, *trial)
        except DoesNotApply as reason:
            if law not in self.ran:  # it may have applied to another trial
                self.skipped[law.name] = str(reason)
            return
        self.ran.add(law)
        self.skipped.pop(law.name, None)
        if finding is not None:
            self.break_(law, finding, [other for other in self.open if law.name in other.after])

    def break_(self, law: Law, finding: Finding, dependents: Sequence[Law]) -> None:
        """Take a law for broken, and what builds on it for blocked."""
        self.findings[law.name] = finding
        self.skipped |= {other.name: f"blocked: {law.name} failed" for other in dependents}
        self.ran = (self.ran | {law}).difference(dependents)
        self.open = [other for other in self.open if other is not law and other not in dependents]


class Options(TypedDict, total=False):
    """How the laws are asked."""

    only: Iterable[str] | None  # the laws to apply (and what they build on), all by default
    subject: str | None  # what it is called in the report, its name by default
    until_first: bool  # stop at the first fault, and say no more than the fact


def run_laws(
    make: Callable[[], Any], laws: Sequence[Law], own: Sequence[Law] = (), **options: Unpack[Options]
) -> Report:
    """Return the report of `laws`, each asked of every trial, and of `own` laws, asked of the whole study.

    `make` returns the study. If it fails, the law `domain` is broken, or the first: it cannot even be called.
    """
    chosen, brief = _chosen([*laws, *own], options.get("only")), options.get("until_first", False)
    hearing, study = Hearing(chosen), None
    with preserved(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            study = make()
        except Broken as broken:
            first = next((law for law in chosen if law.name == "domain"), chosen[0])
            others = [law for law in chosen if law is not first]
            hearing.break_(first, Finding(broken.code, broken.fact), others)
        # Cheap laws before dear ones, ordinary samples before special ones.
        questions = [
            (law, trial) for trial in getattr(study, "trials", ()) for law in chosen if law not in own
        ]
        for law, *trial in [*questions, *((law,) for law in chosen if law in own)]:
            if law in hearing.open:
                hearing.ask(law, study, *trial)
            if hearing.findings and brief:
                break
        name, failures = str(options.get("subject") or getattr(study, "name", "?")), []
        for broken_law, finding in hearing.findings.items():
            told = Explanation(finding.fact) if brief else _told(study, finding, name, broken_law)
            failures.append(Failure(name, broken_law, finding.code, str(told), told))
        ran = tuple(law.name for law in chosen if law in hearing.ran)
        return Report(name, ran, tuple(failures), hearing.skipped)


def _first_finding(law: Law, study: Any, *trial: Any) -> Finding | None:
    conventions = study.subject.declared.conventions if isinstance(study, Study) else ()
    found = (finding for finding in law.run(study, *trial) if finding.code not in conventions)
    try:
        first: Finding | None = guarded(f"the law {law.name}", lambda: next(found, None))
    except Broken as broken:
        return Finding(broken.code, broken.fact)
    return first


def _told(study: Any, finding: Finding, subject: str, law: str) -> Explanation:
    """Explain a finding; only now, since shrinking and diagnosis cost more than the laws."""
    try:
        told: Explanation = guarded("the explanation", lambda: explanation(study, finding, subject, law))
    except (Broken, DoesNotApply) as reason:
        return Explanation(finding.fact, f"(no details: {reason})")
    return told


def _chosen(laws: Sequence[Law], only: Iterable[str] | None) -> Sequence[Law]:
    """Return the laws of these names, and what they build on."""
    if only is None:
        return laws
    names, known = set(only), [law.name for law in laws]
    if unknown := sorted(names.difference(known)):
        raise UnknownNameError(f"there is no law {unknown[0]!r}; the laws are {', '.join(known)}")
    for law in reversed(laws):
        if law.name in names:
            names.update(law.after)
    return [law for law in laws if law.name in names]
