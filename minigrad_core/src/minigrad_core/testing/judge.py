"""Holds a subject to its laws: every law sees every sample."""

from __future__ import annotations

import traceback
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import UnknownNameError
from .finding import Broken, DoesNotApply, Finding
from .guarded import is_interrupt
from .report.explanation import Explanation
from .report.message import command, explanation
from .report.report import Failure, Report
from .study import Study
from .surroundings import preserved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .finding import Law

    # A law and what it is asked of, a trial or nothing.
    Question = tuple[Law, tuple[Any, ...]]


class Hearing:
    """What has come out so far: of each law the first fault."""

    def __init__(self, laws: Sequence[Law], only: Iterable[str] | None) -> None:
        self.laws = (
            laws if only is None else [law for law in laws if law.name in _with_foundations(only, laws)]
        )
        self.ran: dict[str, None] = {}
        self.findings: dict[str, Finding] = {}
        self.skipped: dict[str, str] = {}

    def blocked(self, law: Law) -> bool:
        """Whether the law is broken already, or builds on one that is."""
        if law.name in self.findings:
            return True
        broken = next((name for name in law.after if name in self.findings), None)
        if broken is None:
            return False
        self.skipped[law.name] = f"blocked: {broken} failed"
        self.ran.pop(law.name, None)
        return True

    def ask(self, law: Law, *arguments: Any) -> None:
        """Let a law judge."""
        try:
            finding = _first_finding(law, *arguments)
        except DoesNotApply as reason:
            if law.name not in self.ran:  # it may have applied to another trial
                self.skipped[law.name] = str(reason)
            return
        self.ran[law.name] = None
        self.skipped.pop(law.name, None)
        if finding is not None:
            self.findings[law.name] = finding

    def report(self, subject: str, told: Callable[[Finding, str], Explanation]) -> Report:
        """Return what all laws said."""
        failures = []
        for law, finding in self.findings.items():
            explained = told(finding, law)
            failures.append(Failure(subject, law, finding.code, str(explained), explained))
        order = [law.name for law in self.laws if law.name in self.ran]
        return Report(subject, tuple(order), tuple(failures), self.skipped)


def run_laws(
    make: Callable[[], Any],
    laws: Sequence[Law],
    own: Sequence[Law] = (),
    *,
    subject: str | None = None,
    only: Iterable[str] | None = None,
    progress: Callable[[str], None] | None = None,
    until_first: bool = False,
) -> Report:
    """Return the report of `laws`, each asked of every trial, and of `own` laws, asked of the whole study.

    `make` returns the study; if the subject cannot even be called at its cases, the law `domain` is broken,
    or the first one there is. `until_first` stops at the first fault, and says no more than the fact.
    """
    with preserved():
        hearing = Hearing([*laws, *own], only)
        names = [law.name for law in hearing.laws]
        if progress is not None:
            progress(names[0])
        try:
            study = make()
        except Broken as broken:
            first = "domain" if "domain" in names else names[0]
            told = Explanation(broken.fact, rerun=command(subject or "?", first))
            skipped = {name: f"blocked: {first} failed" for name in names if name != first}
            return Report(
                subject or "?",
                (first,),
                (Failure(subject or "?", first, broken.code, str(told), told),),
                skipped,
            )
        name: str = subject or study.name
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for law, arguments in _questions(study, hearing.laws, own):
                if not hearing.blocked(law):
                    if progress is not None:
                        progress(law.name)
                    hearing.ask(law, study, *arguments)
                if until_first and hearing.findings:
                    return hearing.report(name, lambda finding, _: Explanation(finding.fact))
            return hearing.report(name, lambda finding, law: _told(study, finding, name, law))


def _questions(study: Any, laws: Sequence[Law], own: Sequence[Law]) -> Iterator[Question]:
    """Yield laws and trials: cheap laws before dear ones, ordinary samples before special ones."""
    of_trials = [law for law in laws if law not in own]
    for trial in getattr(study, "trials", ()):
        for law in of_trials:
            yield law, (trial,)
    for law in laws:
        if law in own:
            yield law, ()


def _first_finding(law: Law, study: Any, *arguments: Any) -> Finding | None:
    arguments = (study, *arguments)
    conventions = study.subject.declared.conventions if isinstance(study, Study) else ()
    try:
        return next((f for f in law.run(*arguments) if f.code not in conventions), None)
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


def _with_foundations(only: Iterable[str], laws: Sequence[Law]) -> set[str]:
    names = set(only)
    known = [law.name for law in laws]
    if unknown := sorted(names.difference(known)):
        raise UnknownNameError(f"there is no law {unknown[0]!r}; the laws are {', '.join(known)}")
    for law in reversed(laws):
        if law.name in names:
            names.update(law.after)
    return names
