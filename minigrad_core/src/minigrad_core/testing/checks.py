"""Check operations, optimizers and initializers against their laws."""

from collections.abc import Callable, Sequence
from functools import partial
from inspect import getattr_static
from typing import Any, Unpack

from ..contracts import OperationLike
from ..contracts.cases import Case
from .judge import Options, run_laws
from .laws import LAWS
from .laws.initializers import INITIALIZER_LAWS
from .laws.operation import OWN_LAWS
from .laws.optimizers import OPTIMIZER_LAWS
from .references.optimizers import Rule
from .report.report import Report
from .samples.initializer_draws import InitializerDraws
from .samples.optimizer_runs import OptimizerRuns
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

    Parameters
    ----------
    cls : type
        The class: `cls(params, lr=..., **settings)`.
    reference : callable, optional
        The rule `reference(data, grad, state, settings) -> new data`, instead of `cls.reference`.
    seed, **options
        As in `check_operation`.
    """
    return run_laws(partial(OptimizerRuns, cls, reference, seed), (), OPTIMIZER_LAWS, **options)


def check_initializer(
    instance: Any, *, reference: Callable[..., Any] | None = None, seed: int = 0, **options: Unpack[Options]
) -> Report:
    """Return the report of the contract kit about an initializer, registered or not.

    Parameters
    ----------
    instance : Initializer
        Called as `instance(shape, rng=rng, dtype=dtype)`, with `name` and `std(fan_in, fan_out)`.
    reference : callable, optional
        The rule `reference(shape, *, rng) -> array`, instead of the initializer's own.
    seed, **options
        As in `check_operation`.
    """
    return run_laws(partial(InitializerDraws, instance, reference, seed), (), INITIALIZER_LAWS, **options)
