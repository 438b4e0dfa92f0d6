"""Holds optimizers and initializers to their laws."""

from collections.abc import Callable
from functools import partial
from typing import Any, Unpack

from .judge import Options, run_laws
from .laws.initializers import INITIALIZER_LAWS
from .laws.optimizers import OPTIMIZER_LAWS
from .references.optimizers import Rule
from .report.report import Report
from .samples.arrays import InitializerDraws
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
        The rule `reference(data, grad, state, settings) -> new data`, instead of `cls.reference`.
    seed, **options
        As in `check_operation`.
    """
    return run_laws(partial(OptimizerRuns, cls, reference, seed), (), OPTIMIZER_LAWS, **options)


def check_initializer(
    instance: Any, *, reference: Callable[..., Any] | None = None, seed: int = 0, **options: Unpack[Options]
) -> Report:
    """Return what the contract kit finds about an initializer, registered or not.

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
