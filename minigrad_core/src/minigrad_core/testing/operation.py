"""Holds an operation to the laws."""

from collections.abc import Callable, Sequence
from inspect import getattr_static
from typing import Any, Unpack

from ..contracts import OperationLike
from ..contracts.cases import Case
from .judge import Options, run_laws
from .laws import LAWS
from .laws.operation import OWN_LAWS
from .report.report import Report
from .study import Study
from .subjects.operation import OperationSubject
from .subjects.subject import Subject


def check_operation(
    op: OperationLike | Subject,
    *,
    cases: Sequence[Case] | None = None,
    reference: Callable[..., Any] | None = None,
    seed: int = 0,
    **options: Unpack[Options],
) -> Report:
    """Return what the contract kit finds about an operation, registered or not.

    Deterministic for a seed; changes no global state; survives whatever the operation does short of killing
    the process or never returning.

    Parameters
    ----------
    op : OperationLike or Subject
        Anything with `name`, `forward` and `backward`; or another framework's subject, which has its cases.
    cases : sequence of Case, optional
        Which arguments make sense, instead of `op.cases`. What broadcasts needs none.
    reference : callable, optional
        `reference(*inputs, **settings)`, a slow and obvious forward, instead of `op.reference`.
    seed : int
        Another seed draws other values.
    **options
        `only`: the laws to apply (and what they build on), all by default. `subject`: what to call it in the
        report, its name by default. `until_first`: stop at the first fault, without its diagnosis.
    """
    # `isinstance` reads all attributes before Python 3.12, in any order, and those of an operation may raise.
    if getattr_static(op, "declared", None) and isinstance(op, Subject):
        return run_laws(lambda: Study(op, seed), LAWS, op.laws, **options)
    return run_laws(lambda: Study(OperationSubject(op, cases, reference), seed), LAWS, OWN_LAWS, **options)
