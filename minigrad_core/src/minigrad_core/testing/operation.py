"""All checks of one operation."""

from __future__ import annotations

import traceback
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from .checks import OPERATION_CHECKS
from .finding import Broken, Check, DoesNotApply, Finding
from .guarded import is_interrupt
from .message import command, message
from .report import Failure, Report
from .study import Study
from .surroundings import preserved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..contracts import OperationLike
    from ..contracts.cases import Case


def check_operation(
    op: OperationLike,
    *,
    cases: Sequence[Case] | None = None,
    seed: int = 0,
    only: Iterable[str] | None = None,
    subject: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Return what the contract kit finds about an operation, registered or not.

    Deterministic for a seed; changes no global state; survives whatever the operation does short of killing
    the process or never returning.

    Parameters
    ----------
    op : OperationLike
        Anything with `name`, `forward` and `backward`.
    cases : sequence of Case, optional
        Which arguments make sense, instead of `op.cases`. Without any, they are derived from the signature.
    seed : int
        Another seed draws other values.
    only : iterable of str, optional
        The checks to run (and what they build on), all by default.
    subject : str, optional
        What to call the operation in the report, its name by default.
    progress : callable, optional
        Called with the name of each check before it runs.
    """
    return run_checks(lambda: Study(op, cases, seed), OPERATION_CHECKS, subject, only, progress)


def run_checks(
    make: Callable[[], Any],
    checks: Sequence[Check],
    subject: str | None,
    only: Iterable[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Return the report of `checks`, in order; what builds on a failed one is reported as blocked.

    `make` returns what the checks study; if the subject cannot even be read, `cases` (or whichever check
    nothing can do without) fails.
    """
    with preserved():
        try:
            study = make()
        except Broken as broken:
            first = next(check.name for check in checks if not check.after and check.name != "pickling")
            rerun = command(subject or "?", first)
            failure = Failure(subject or "?", first, broken.code, f"{broken.fact}\nrerun: {rerun}")
            skipped = {check.name: f"blocked: {first} failed" for check in checks if check.name != first}
            return Report(failure.subject, (first,), (failure,), skipped)
        return _run(study, checks, subject or study.name, only, progress)


def _run(
    study: object,
    checks: Sequence[Check],
    subject: str,
    only: Iterable[str] | None,
    progress: Callable[[str], None] | None,
) -> Report:
    wanted = None if only is None else _with_foundations(set(only), checks)
    ran: list[str] = []
    failures: list[Failure] = []
    skipped: dict[str, str] = {}
    failed: set[str] = set()
    for check in checks:
        if wanted is not None and check.name not in wanted:
            continue
        if blocked := [name for name in check.after if name in failed]:
            skipped[check.name] = f"blocked: {blocked[0]} failed"
            failed.add(check.name)
            continue
        if progress is not None:
            progress(check.name)
        try:
            findings = _findings(study, check)
        except DoesNotApply as reason:
            skipped[check.name] = str(reason)
            continue
        ran.append(check.name)
        if findings:
            failed.add(check.name)
            failures += [
                Failure(subject, check.name, f.code, _told(study, f, subject, check.name)) for f in findings
            ]
    return Report(subject, tuple(ran), tuple(failures), skipped)


def _findings(study: object, check: Check) -> list[Finding]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = list(check.run(study))
        except Broken as broken:
            found = [Finding(broken.code, broken.fact)]
        except DoesNotApply:
            raise
        except BaseException as error:
            if is_interrupt(error):
                raise
            place = traceback.extract_tb(error.__traceback__)[-1]
            fact = (
                f"the check failed on it: {type(error).__name__}: {error} ({place.name}, line {place.lineno})"
            )
            found = [Finding("unexpected", fact)]
    return found


def _told(study: Any, finding: Finding, subject: str, check: str) -> str:
    """Return the message of a finding; only now, since shrinking and diagnosis cost more than the check."""
    if not isinstance(study, Study):
        return f"{finding.fact}\nrerun: {command(subject, check)}"
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return message(study, finding, subject, check)
        except BaseException as error:
            if is_interrupt(error):
                raise
            return f"{finding.fact}\n(no details: {type(error).__name__}: {error})"


def _with_foundations(names: set[str], checks: Sequence[Check]) -> set[str]:
    for check in reversed(checks):
        if check.name in names:
            names.update(check.after)
    return names
