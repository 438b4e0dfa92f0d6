"""All laws of one optimizer."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from .judge import run_laws
from .laws.optimizers import OPTIMIZER_LAWS
from .references.typed import Rule
from .report.report import Report
from .samples.runs import OptimizerRuns


def check_optimizer(
    cls: type[Any],
    *,
    reference: Rule | None = None,
    seed: int = 0,
    only: Iterable[str] | None = None,
    subject: str | None = None,
    progress: Callable[[str], None] | None = None,
    until_first: bool = False,
) -> Report:
    """Return what the contract kit finds about an optimizer, registered or not.

    Parameters
    ----------
    cls : type
        The class: `cls(params, lr=..., **settings)`.
    reference : callable, optional
        The rule `reference(data, grad, state, settings) -> new data` that each step is held against, instead
        of `cls.reference`; `minigrad_core.testing.references` has published ones.
    seed, only, subject, progress, until_first
        As in `check_operation`.
    """
    runs = partial(OptimizerRuns, cls, reference, seed)
    return run_laws(
        runs, (), OPTIMIZER_LAWS, subject=subject, only=only, progress=progress, until_first=until_first
    )
