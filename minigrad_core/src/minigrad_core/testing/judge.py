"""Holds a subject to its laws: every law sees every sample."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypedDict, Unpack

import numpy as np

from ..errors import UnknownNameError
from .finding import DoesNotApply, Finding, Law, SubjectFailed
from .global_state import preserve_global_state
from .guard import guard
from .report.message import explain_finding
from .report.report import Explanation, Failure, Report
from .study import Study


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
    chosen, brief = _select_laws([*laws, *own], options.get("only")), options.get("until_first", False)
    with preserve_global_state(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            study = make()
        except SubjectFailed as failure:
            study, (first, *_) = None, sorted(chosen, key=lambda law: law.name != "domain")
            findings = {first.name: Finding(failure.code, failure.fact)}
            skipped = {law.name: f"blocked: {first.name} failed" for law in chosen if law is not first}
        else:
            findings, skipped = _apply_laws(study, chosen, own, brief)
        name, failures = str(options.get("subject") or getattr(study, "name", "?")), []
        for law, finding in findings.items():
            explanation = Explanation(finding.fact) if brief else _explain(study, finding, name, law)
            failures.append(Failure(name, law, finding.code, str(explanation), explanation))
        ran = tuple(law.name for law in chosen if law.name not in skipped)
        return Report(name, ran, tuple(failures), skipped)


def _apply_laws(
    study: Any, laws: Sequence[Law], own: Sequence[Law], brief: bool
) -> tuple[dict[str, Finding], dict[str, str]]:
    """Return of each law the first fault, and why laws were not asked: they do not apply, or are blocked."""
    findings: dict[str, Finding] = {}
    applied, reasons = set[str](), dict[str, str]()
    # Cheap laws before dear ones, ordinary samples before special ones.
    questions = [(law, trial) for trial in getattr(study, "trials", ()) for law in laws if law not in own]
    for law, *trial in [*questions, *((law,) for law in laws if law in own)]:
        if findings and (brief or not findings.keys().isdisjoint((law.name, *law.after))):
            continue
        try:
            finding = _first_finding(law, study, *trial)
        except DoesNotApply as reason:
            reasons[law.name] = str(reason)
            continue
        applied.add(law.name)
        if finding is not None:
            findings[law.name] = finding
    skipped = {name: reason for name, reason in reasons.items() if name not in applied}  # of any trial
    for law in laws:
        broken = [name for name in law.after if name in findings]
        if broken and law.name not in findings:
            skipped[law.name] = f"blocked: {broken[0]} failed"
    return findings, skipped


def _first_finding(law: Law, study: Any, *trial: Any) -> Finding | None:
    conventions = study.subject.declared.conventions if isinstance(study, Study) else ()
    found = (finding for finding in law.run(study, *trial) if finding.code not in conventions)
    try:
        return guard(f"the law {law.name}", lambda: next(found, None))
    except SubjectFailed as failure:
        return Finding(failure.code, failure.fact)


def _explain(study: Any, finding: Finding, subject: str, law: str) -> Explanation:
    """Explain a finding; only now, since shrinking and diagnosis cost more than the laws."""
    try:
        return guard("the explanation", lambda: explain_finding(study, finding, subject, law))
    except (SubjectFailed, DoesNotApply) as reason:
        return Explanation(finding.fact, f"(no details: {reason})")


def _select_laws(laws: Sequence[Law], only: Iterable[str] | None) -> Sequence[Law]:
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
