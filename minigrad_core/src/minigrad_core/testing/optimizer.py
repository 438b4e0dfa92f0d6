"""All laws of one optimizer."""

from functools import partial
from typing import Any, Unpack

from .judge import Options, run_laws
from .laws.optimizers import OPTIMIZER_LAWS
from .references.optimizers import Rule
from .report.report import Report
from .samples.runs import OptimizerRuns


def check_optimizer(
    cls: type[Any], *, reference: Rule | None = None, seed: int = 0, **options: Unpack[Options]
) -> Report:
    """Return what the contract kit finds about an optimizer, registered or not.

    Parameters
    ----------
    cls : type
        The class: `cls(params, lr=..., **settings)`.
    reference : callable, optional
        The rule `reference(data, grad, state, settings) -> new data` that each step is held against, instead
        of `cls.reference`; `minigrad_core.testing.references` has published ones.
    seed, **options
        As in `check_operation`.
    """
    return run_laws(partial(OptimizerRuns, cls, reference, seed), (), OPTIMIZER_LAWS, **options)
