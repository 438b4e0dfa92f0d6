"""Check operations, optimizers and initializers against their laws; every law sees every sample."""

import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from inspect import getattr_static
from typing import Any, TypedDict, Unpack

import numpy as np

from ..contracts import OperationLike
from ..contracts.cases import Case
from ..errors import UnknownNameError
from .finding import DoesNotApply, Finding, Law, Script, SubjectFailed, guard
from .global_state import preserve_global_state
from .laws import INITIALIZER_LAWS, LAWS, OPTIMIZER_LAWS
from .laws.operation import OWN_LAWS
from .references import Rule
from .report.explanation import explain_finding
from .report.report import Explanation, Failure, Report
from .samples.initializer_draws import InitializerDraws
from .samples.optimizer_runs import OptimizerRuns
from .scripts.results import judge_call
from .study import Study
from .subjects.operation import OperationSubject
from .subjects.subject import Subject


class Options(TypedDict, total=False):
    """The options of a run."""

    only: Iterable[str] | None  # the laws to apply, and the laws on which they build; by default all
    subject: str | None  # the name of the subject in the report, by default its own name
    until_first: bool  # stop at the first fault, and report the fact only


def check_operation(
    op: OperationLike | Subject,
    *,
    cases: Sequence[Case] | None = None,
    reference: Callable[..., Any] | None = None,
    seed: int = 0,
    **options: Unpack[Options],
) -> Report:
    """Return the report of the contract kit about an operation, registered or not.

    The report depends on the seed only. Exceptions of the operation are caught; an operation that kills the
    process or never returns is not.

    Parameters
    ----------
    op : OperationLike or Subject
        An object with `name`, `forward` and `backward`; or a subject of another framework, with its own
        cases.
    cases : sequence of Case, optional
        The arguments that make sense, instead of `op.cases`. An operation that broadcasts needs none.
    reference : callable, optional
        `reference(*inputs, **settings)`, a slow and obvious forward, instead of `op.reference`.
    seed, **options
        Another seed draws other values. `only`: the laws to apply, and the laws on which they build; all by
        default. `subject`: the name in the report, by default the operation's. `until_first`: stop at the
        first fault.
    """
    # Before Python 3.12 `isinstance` reads all attributes, in any order; those of an operation may raise.
    if getattr_static(op, "declared", None) and isinstance(op, Subject):
        return run_laws(lambda: Study(op, seed), LAWS, op.laws, **options)
    return run_laws(lambda: Study(OperationSubject(op, cases, reference), seed), LAWS, OWN_LAWS, **options)


def check_optimizer(
    cls: type[Any], *, reference: Rule | None = None, seed: int = 0, **options: Unpack[Options]
) -> Report:
    """Return the report of the contract kit about an optimizer, registered or not.

    cls is called as `cls(params, lr=..., **settings)`. reference is the rule `reference(data, grad, state,
    settings) -> new data`, instead of `cls.reference`. seed and options: as in `check_operation`.
    """
    return run_laws(partial(OptimizerRuns, cls, reference, seed), (), OPTIMIZER_LAWS, **options)


def check_initializer(
    instance: Any, *, reference: Callable[..., Any] | None = None, seed: int = 0, **options: Unpack[Options]
) -> Report:
    """Return the report of the contract kit about an initializer, registered or not.

    instance is called as `instance(shape, rng=rng, dtype=dtype)`, and has `name` and `std(fan_in, fan_out)`.
    reference is the rule `reference(shape, *, rng) -> array`, instead of the initializer's own. seed and
    options: as in `check_operation`.
    """
    return run_laws(partial(InitializerDraws, instance, reference, seed), (), INITIALIZER_LAWS, **options)


def run_laws(
    make_study: Callable[[], Any],
    laws: Sequence[Law],
    study_laws: Sequence[Law] = (),
    **options: Unpack[Options],
) -> Report:
    """Return the report of some laws.

    make_study: returns the study of the subject. If it raises SubjectFailed, the law `domain` is broken, or
        the first law if there is no such law: the subject cannot even be called.
    laws: laws that see each trial of the study.
    study_laws: laws that see the study once.
    """
    chosen = _select_laws([*laws, *study_laws], options.get("only"))
    until_first = options.get("until_first", False)
    with preserve_global_state(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        study = None
        try:
            study = make_study()
            findings, skipped = _apply_laws(study, chosen, study_laws, until_first=until_first)
        except SubjectFailed as failure:
            study = failure.study
            first = next((law.name for law in chosen if law.name == "domain"), chosen[0].name)
            skipped = {law.name: f"blocked: {first} failed" for law in chosen if law.name != first}
            script = Script(judge_call) if failure.sample else None
            findings = {first: Finding(failure.code, failure.fact, failure.sample, script=script)}
        name = str(options.get("subject") or getattr(study, "name", "?"))
        failures = []
        by_name = {law.name: law for law in chosen}
        for check, finding in findings.items():
            explanation = Explanation(finding.fact)
            if not until_first:
                explanation = _explain(study, finding, name, by_name[check])
            failures.append(Failure(name, check, finding.code, str(explanation), explanation))
        ran = tuple(law.name for law in chosen if law.name not in skipped)
        return Report(name, ran, tuple(failures), skipped)


def _select_laws(laws: Sequence[Law], only: Iterable[str] | None) -> Sequence[Law]:
    """Return the laws with the given names, and the laws on which they build."""
    if only is None:
        return laws
    names, known = set(only), [law.name for law in laws]
    if unknown := sorted(names.difference(known)):
        raise UnknownNameError(f"there is no law {unknown[0]!r}; the laws are {', '.join(known)}")
    for law in reversed(laws):
        if law.name in names:
            names.update(law.after)
    return [law for law in laws if law.name in names]


def _apply_laws(
    study: Any, laws: Sequence[Law], study_laws: Sequence[Law], *, until_first: bool
) -> tuple[dict[str, Finding], dict[str, str]]:
    """Apply laws to each trial, then laws to the study. A law that found a fault runs on no other trial.

    Laws come in the order of their cost, and samples as in the pool: ordinary before special ones. Return, by
    the name of the law, the first finding of each broken law, and the reason why a law did not run.
    """
    findings: dict[str, Finding] = {}
    applied, reasons = set[str](), dict[str, str]()
    conventions = study.subject.declared.conventions if isinstance(study, Study) else ()
    trial_laws = [law for law in laws if law not in study_laws]
    runs: list[tuple[Law, tuple[Any, ...]]]
    runs = [(law, (study, trial)) for trial in getattr(study, "trials", ()) for law in trial_laws]
    runs += [(law, (study,)) for law in laws if law in study_laws]
    for law, arguments in runs:
        if findings and (until_first or not findings.keys().isdisjoint((law.name, *law.after))):
            continue
        try:
            finding = _find_first(law, conventions, *arguments)
        except DoesNotApply as reason:
            reasons[law.name] = str(reason)
            continue
        applied.add(law.name)
        if finding is not None:
            findings[law.name] = finding

    skipped = {name: reason for name, reason in reasons.items() if name not in applied}
    for law in laws:
        broken_laws = [name for name in law.after if name in findings]
        if broken_laws and law.name not in findings:
            skipped[law.name] = f"blocked: {broken_laws[0]} failed"
    return findings, skipped


def _find_first(law: Law, conventions: Collection[str], *arguments: Any) -> Finding | None:
    """Return the first finding of a law that is not a convention of the subject's framework."""

    def find() -> Finding | None:
        return next((f for f in law.run(*arguments) if f.code not in conventions), None)

    try:
        return guard(f"the law {law.name}", find)
    except SubjectFailed as failure:
        return Finding(failure.code, failure.fact)


def _explain(study: Any, finding: Finding, subject: str, law: Law) -> Explanation:
    """Return the explanation of a finding; shrinking and diagnosis cost more than the laws."""
    try:
        return guard("the explanation", lambda: explain_finding(study, finding, subject, law))
    except (SubjectFailed, DoesNotApply) as reason:
        return Explanation(finding.fact, f"(no details: {reason})")
