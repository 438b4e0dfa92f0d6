"""Holds a subject to its laws: every law sees every sample."""

import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypedDict, Unpack

import numpy as np

from ..errors import UnknownNameError
from .finding import Broken, DoesNotApply, Finding, Law
from .guarded import is_interrupt
from .report.explanation import Explanation
from .report.message import command, explanation
from .report.report import Failure, Report
from .study import Study
from .surroundings import preserved


class Hearing:
    """What has come out so far: of each law the first fault."""

    def __init__(self, laws: Sequence[Law], progress: Callable[[str], None] | None) -> None:
        self.laws, self.progress = laws, progress
        self.open = list(laws)  # neither broken, nor built on one that is
        self.ran: dict[str, None] = {}
        self.findings: dict[str, Finding] = {}
        self.skipped: dict[str, str] = {}

    def ask(self, law: Law, study: Any, *trial: Any) -> None:
        """Let a law judge, which is neither broken already nor builds on one that is."""
        if self.progress is not None:
            self.progress(law.name)
        try:
            finding = _first_finding(law, study, *trial)
        except DoesNotApply as reason:
            if law.name not in self.ran:  # it may have applied to another trial
                self.skipped[law.name] = str(reason)
            return
        self.ran[law.name] = None
        self.skipped.pop(law.name, None)
        if finding is not None:
            self.findings[law.name] = finding
            self.open.remove(law)
            self._block(law, [other for other in self.open if law.name in other.after])

    def _block(self, law: Law, others: Sequence[Law]) -> None:
        for other in others:
            self.open.remove(other)
            self.skipped[other.name] = f"blocked: {law.name} failed"
            self.ran.pop(other.name, None)

    def without_study(self, broken: Broken) -> None:
        """Let the law `domain` be broken, or the first: the subject cannot even be called at its cases."""
        first = next((law for law in self.laws if law.name == "domain"), self.laws[0])
        self.ran, self.findings = {first.name: None}, {first.name: Finding(broken.code, broken.fact)}
        self._block(first, [law for law in self.laws if law is not first])

    def report(self, subject: str, told: Callable[[Finding, str], Explanation]) -> Report:
        """Return what all laws said."""
        failures = []
        for law, finding in self.findings.items():
            explained = told(finding, law)
            failures.append(Failure(subject, law, finding.code, str(explained), explained))
        order = [law.name for law in self.laws if law.name in self.ran]
        return Report(subject, tuple(order), tuple(failures), self.skipped)


class Options(TypedDict, total=False):
    """How the laws are asked."""

    only: Iterable[str] | None  # the laws to apply (and what they build on), all by default
    subject: str | None  # what it is called in the report, its name by default
    progress: Callable[[str], None] | None  # called with the name of each law before it is applied
    until_first: bool  # stop at the first fault, and say no more than the fact


def run_laws(
    make: Callable[[], Any], laws: Sequence[Law], own: Sequence[Law] = (), **options: Unpack[Options]
) -> Report:
    """Return the report of `laws`, each asked of every trial, and of `own` laws, asked of the whole study.

    `make` returns the study.
    """
    subject, progress = options.get("subject"), options.get("progress")
    with preserved(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        hearing = Hearing(_chosen([*laws, *own], options.get("only")), progress)
        if progress is not None:
            progress(hearing.laws[0].name)
        try:
            study = make()
        except Broken as broken:
            hearing.without_study(broken)
            name = subject or "?"
            return hearing.report(name, lambda f, law: Explanation(f.fact, rerun=command(name, law)))
        name = subject or study.name
        # Cheap laws before dear ones, ordinary samples before special ones.
        common = [law for law in hearing.laws if law not in own]
        questions = [(law, (trial,)) for trial in getattr(study, "trials", ()) for law in common]
        for law, arguments in [*questions, *((law, ()) for law in hearing.laws if law in own)]:
            if law in hearing.open:
                hearing.ask(law, study, *arguments)
            if hearing.findings and options.get("until_first"):
                return hearing.report(name, lambda finding, _: Explanation(finding.fact))
        return hearing.report(name, lambda finding, law: _told(study, finding, name, law))


def _first_finding(law: Law, study: Any, *trial: Any) -> Finding | None:
    try:
        for finding in law.run(study, *trial):
            if not isinstance(study, Study) or finding.code not in study.subject.declared.conventions:
                return finding
        return None
    except Broken as broken:
        return Finding(broken.code, broken.fact)
    except DoesNotApply:
        raise
    except BaseException as error:
        if is_interrupt(error):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        fact = f"the law failed on it: {type(error).__name__}: {error} ({place.name}, line {place.lineno})"
        return Finding("unexpected", fact)


def _told(study: Any, finding: Finding, subject: str, law: str) -> Explanation:
    """Explain a finding; only now, since shrinking and diagnosis cost more than the laws."""
    if not isinstance(study, Study):
        return Explanation(finding.fact, rerun=command(subject, law))
    try:
        return explanation(study, finding, subject, law)
    except BaseException as error:
        if is_interrupt(error):
            raise
        return Explanation(finding.fact, f"(no details: {type(error).__name__}: {error})")


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
